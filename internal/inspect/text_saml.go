package inspect

import (
	"fmt"
	"strings"
)

// saml writes an assertion: who, about whom, for whom, until when, whose keys.
func (p *page) saml(r Report) {
	a := r.Assertion
	p.line("Issuer", Plain(a.Issuer))
	p.line("Subject", Plain(a.Subject))
	for _, aud := range a.Audiences {
		p.line("Audience", Plain(aud))
	}
	if a.Recipient != "" {
		p.line("Recipient", Plain(a.Recipient))
	}
	if !a.IssueInstant.IsZero() {
		p.line("Issued", p.when(a.IssueInstant, false))
	}
	if !a.NotBefore.IsZero() {
		p.line("NotBefore", p.when(a.NotBefore, false))
	}
	if !a.NotOnOrAfter.IsZero() {
		p.line("NotOnOrAfter", p.when(a.NotOnOrAfter, true))
	}
	if len(a.Attributes) > 0 {
		p.heading("Attributes")
		for _, attr := range a.Attributes {
			p.line("", fmt.Sprintf("%s = %s", Plain(attr.Name), short(strings.Join(attr.Values, ", "))))
		}
	}
	certs := r.certificates()
	if len(certs) == 0 {
		return
	}
	p.heading("Certificates")
	for _, c := range certs {
		p.line(c.role, fmt.Sprintf("%s\nkid %s\n%s", c.whose, c.kid, Plain(c.subject)))
	}
}

// short keeps long attribute values, often base64, to one line.
func short(s string) string {
	if runes := []rune(Plain(s)); len(runes) > 100 {
		return string(runes[:100]) + "..."
	}
	return Plain(s)
}
