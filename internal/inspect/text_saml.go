package inspect

import (
	"fmt"
	"strings"

	"authctl/internal/shown"
)

// document writes what an assertion came in, and how to take it out of that.
func (p *page) document(r Report) {
	d := r.Document
	if d == nil {
		return
	}
	p.line("root", shown.Whole(d.Root))
	for _, status := range d.Status {
		p.line("status", short(status))
	}
	p.line("inside", d.Contents())
	switch {
	case r.Kind == SAML:
		p.line("", "authctl decode --extract-assertion prints the assertion alone, byte for byte")
		p.heading("Assertion")
	case d.Assertions > 1:
		p.line("", "decode each by itself: which of them is meant is not for authctl to guess")
	case d.Encrypted > 0:
		p.line("", "only the service that it is encrypted for can read it")
	}
}

// saml writes an assertion: who, about whom, for whom, until when, whose keys.
func (p *page) saml(r Report) {
	a := r.Assertion
	p.line("Issuer", shown.Whole(a.Issuer))
	p.line("Subject", shown.Whole(a.Subject))
	for _, aud := range a.Audiences {
		p.line("Audience", shown.Whole(aud))
	}
	if a.Recipient != "" {
		p.line("Recipient", shown.Whole(a.Recipient))
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
	for _, ref := range a.AuthnContextClassRefs {
		p.line("AuthnContextClassRef", shown.Whole(ref))
	}
	if !a.AuthnInstant.IsZero() {
		p.line("AuthnInstant", p.when(a.AuthnInstant, false))
	}
	if !a.SessionNotOnOrAfter.IsZero() {
		p.line("SessionNotOnOrAfter", p.when(a.SessionNotOnOrAfter, true))
	}
	if len(a.Attributes) > 0 {
		p.heading("Attributes")
		for _, attr := range a.Attributes {
			p.line("", fmt.Sprintf("%s = %s", shown.Whole(attr.Name), short(strings.Join(attr.Values, ", "))))
		}
	}
	certs := r.certificates()
	if len(certs) == 0 {
		return
	}
	p.heading("Certificates")
	for _, c := range certs {
		p.line(c.role, fmt.Sprintf("%s\nkid %s\n%s", c.whose, c.kid, shown.Whole(c.subject)))
	}
}

// short keeps long attribute values, often base64, to one line.
func short(s string) string {
	if runes := []rune(shown.Whole(s)); len(runes) > 100 {
		return string(runes[:100]) + "..."
	}
	return shown.Whole(s)
}
