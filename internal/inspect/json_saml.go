package inspect

import (
	"crypto/x509"

	"authctl/internal/keys"
)

type jsonSAML struct {
	ID           string            `json:"id,omitempty"`
	Issuer       string            `json:"issuer"`
	Subject      string            `json:"subject"`
	Audience     []string          `json:"audience"`
	Recipient    string            `json:"recipient,omitempty"`
	IssuedAt     string            `json:"issue_instant,omitempty"`
	NotBefore    string            `json:"not_before,omitempty"`
	NotOnOrAfter string            `json:"not_on_or_after,omitempty"`
	ClassRefs    []string          `json:"authn_context_class_ref,omitempty"`
	AuthnInstant string            `json:"authn_instant,omitempty"`
	SessionEnd   string            `json:"session_not_on_or_after,omitempty"`
	Attributes   []jsonAttribute   `json:"attributes,omitempty"`
	Certificates []jsonCertificate `json:"certificates"`
}

// jsonDoc is what an assertion came in.
type jsonDoc struct {
	Root       string   `json:"root"`
	Assertions int      `json:"assertions"`
	Encrypted  int      `json:"encrypted_assertions"`
	Status     []string `json:"status,omitempty"`
}

type jsonAttribute struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

type jsonCertificate struct {
	Role    string `json:"role"`
	KID     string `json:"kid"`
	Subject string `json:"subject"`
}

func (r Report) jsonSAML() *jsonSAML {
	a := r.Assertion
	out := &jsonSAML{
		ID: a.ID, Issuer: a.Issuer, Subject: a.Subject, Audience: a.Audiences, Recipient: a.Recipient,
		IssuedAt: utc(a.IssueInstant), NotBefore: utc(a.NotBefore), NotOnOrAfter: utc(a.NotOnOrAfter),
		ClassRefs: a.AuthnContextClassRefs, AuthnInstant: utc(a.AuthnInstant), SessionEnd: utc(a.SessionNotOnOrAfter),
		Certificates: []jsonCertificate{},
	}
	if out.Audience == nil {
		out.Audience = []string{}
	}
	for _, attr := range a.Attributes {
		out.Attributes = append(out.Attributes, jsonAttribute(attr))
	}
	for _, c := range r.certificates() {
		out.Certificates = append(out.Certificates, jsonCertificate{c.role, c.kid, c.subject})
	}
	return out
}

// certificate is one of an assertion's, with whose it is.
type certificate struct {
	role, whose, kid, subject string

	x509 *x509.Certificate
}

func (r Report) certificates() []certificate {
	var all []certificate
	for _, c := range r.holders() {
		if k, err := keys.FromCertificate(c.x509); err == nil {
			if c.kid, err = k.SPKISHA256(); err == nil {
				all = append(all, c)
			}
		}
	}
	return all
}

// unreadKeys says of which certificates the key is of no kind that has a kid.
func (r Report) unreadKeys() []string {
	var notes []string
	for _, c := range r.holders() {
		if _, err := keys.FromCertificate(c.x509); err != nil {
			notes = append(notes, "the key in the "+c.role+" certificate ("+c.subject+"): "+err.Error())
		}
	}
	return notes
}

func (r Report) holders() []certificate {
	var all []certificate
	if c := r.Assertion.SignerCert; c != nil {
		all = append(all, certificate{role: "signer", whose: "the issuer's own (STS), it signed the assertion", subject: c.Subject.String(), x509: c})
	}
	if c := r.Assertion.HolderOfKeyCert; c != nil {
		all = append(all, certificate{role: "holder-of-key", whose: "the client's, to whom the assertion was given", subject: c.Subject.String(), x509: c})
	}
	return all
}
