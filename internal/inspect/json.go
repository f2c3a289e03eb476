package inspect

import (
	"time"
	"unicode/utf8"

	"authctl/internal/jwt"
	"authctl/internal/shown"
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
	Document  *jsonDoc   `json:"document,omitempty"`
	ExpiresAt string     `json:"expires_at,omitempty"`
	Expired   *bool      `json:"expired,omitempty"`

	Member       string   `json:"member,omitempty"`
	Unverifiable string   `json:"unverifiable,omitempty"`
	Notes        []string `json:"notes,omitempty"`
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
	if d := r.Document; d != nil {
		out.Document = &jsonDoc{d.Root, d.Assertions, d.Encrypted, d.Status}
	}
	if exp, err := r.Expiry(); err == nil && !exp.IsZero() {
		expired := !now.Before(exp)
		out.ExpiresAt, out.Expired = utc(exp), &expired
	}
	return shown.JSON(out)
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
