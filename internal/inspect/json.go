package inspect

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"authctl/internal/endpoint"
	"authctl/internal/jwt"
	"authctl/internal/keys"
)

type jsonReport struct {
	Kind      Kind       `json:"kind"`
	Verified  bool       `json:"verified"`
	Header    jwt.Object `json:"header,omitempty"`
	Claims    jwt.Object `json:"claims,omitempty"`
	Payload   *string    `json:"payload,omitempty"`
	Bytes     []byte     `json:"payload_base64,omitempty"`
	Length    int        `json:"length,omitempty"`
	Assertion *jsonSAML  `json:"assertion,omitempty"`
	ExpiresAt string     `json:"expires_at,omitempty"`
	Expired   *bool      `json:"expired,omitempty"`

	Member       string   `json:"member,omitempty"`
	Unverifiable string   `json:"unverifiable,omitempty"`
	Notes        []string `json:"notes,omitempty"`
}

type jsonSAML struct {
	ID           string            `json:"id,omitempty"`
	Issuer       string            `json:"issuer"`
	Subject      string            `json:"subject"`
	Audience     []string          `json:"audience"`
	Recipient    string            `json:"recipient,omitempty"`
	IssuedAt     string            `json:"issue_instant,omitempty"`
	NotBefore    string            `json:"not_before,omitempty"`
	NotOnOrAfter string            `json:"not_on_or_after,omitempty"`
	Attributes   []jsonAttribute   `json:"attributes,omitempty"`
	Certificates []jsonCertificate `json:"certificates"`
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

// JSON is the report as one line for scripts; now decides expired.
func (r Report) JSON(now time.Time) ([]byte, error) {
	out := jsonReport{
		Kind: r.Kind, Verified: r.Verified, Header: r.Header, Claims: r.Claims, Length: r.Length,
		Member: r.Member, Unverifiable: r.Unverifiable, Notes: r.Notes,
	}
	switch {
	case r.Kind == JWS && utf8.Valid(r.Payload):
		text := string(r.Payload)
		out.Payload = &text
	case r.Kind == JWS:
		out.Bytes = r.Payload
	case r.Kind == SAML:
		out.Assertion = r.jsonSAML()
	}
	if exp, err := r.Expiry(); err == nil && !exp.IsZero() {
		expired := !now.Before(exp)
		out.ExpiresAt, out.Expired = utc(exp), &expired
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(out)
	return endpoint.EscapeJSON(b.Bytes()), err
}

func (r Report) jsonSAML() *jsonSAML {
	a := r.Assertion
	out := &jsonSAML{
		ID: a.ID, Issuer: a.Issuer, Subject: a.Subject, Audience: a.Audiences, Recipient: a.Recipient,
		IssuedAt: utc(a.IssueInstant), NotBefore: utc(a.NotBefore), NotOnOrAfter: utc(a.NotOnOrAfter),
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
type certificate struct{ role, whose, kid, subject string }

func (r Report) certificates() []certificate {
	var all []certificate
	add := func(role, whose string, k *keys.Key, err error) {
		if err != nil {
			return
		}
		kid, err := k.SPKISHA256()
		if err != nil {
			return
		}
		all = append(all, certificate{role, whose, kid, k.Certificate.Subject.String()})
	}
	if c := r.Assertion.SignerCert; c != nil {
		k, err := keys.FromCertificate(c)
		add("signer", "the issuer's own (STS), it signed the assertion", k, err)
	}
	if c := r.Assertion.HolderOfKeyCert; c != nil {
		k, err := keys.FromCertificate(c)
		add("holder-of-key", "the client's, to whom the assertion was given", k, err)
	}
	return all
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
