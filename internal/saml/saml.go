// Package saml looks into SAML 2.0 assertions that are exchanged for tokens:
// who issued one, about whom, for whom, until when, and with which
// certificates, and cuts them out of the messages they came in. It reads; it
// neither verifies the XML signature nor ever writes XML anew, because a
// re-serialised assertion is no longer the signed one.
package saml

import (
	"crypto/x509"
	"encoding/base64"
	"slices"
	"time"
)

// MaxSize is the most bytes of an assertion that are read, base64 included.
const MaxSize = 512 << 10

// Assertion is what matters of one assertion (SAML Core 2.3.3).
type Assertion struct {
	Raw []byte // the XML, byte for byte as it came

	ID            string
	Issuer        string
	Subject       string // the NameID
	SubjectFormat string
	Audiences     []string
	Recipient     string // of the subject confirmation
	restrictions  [][]string
	IssueInstant  time.Time // zero times are absent
	NotBefore     time.Time
	NotOnOrAfter  time.Time // the earlier of the conditions' and the confirmation's
	Attributes    []Attribute

	AuthnContextClassRefs []string // how the subject logged in (SAML Core 2.7.2.2)
	AuthnInstant          time.Time
	SessionNotOnOrAfter   time.Time

	SignerCert      *x509.Certificate // in the signature: the issuer's own
	HolderOfKeyCert *x509.Certificate // in the subject confirmation: the client's

	Untimely string   // a limit of its validity that could not be read, one of the Warnings
	Warnings []string // details that could not be read, each in one line
}

// For is true where the assertion is for that audience: each of its restrictions has
// to name it (SAML Core 2.5.1.4), and one at least.
func (a *Assertion) For(audience string) bool {
	other := func(r []string) bool { return !slices.Contains(r, audience) }
	return len(a.restrictions) > 0 && !slices.ContainsFunc(a.restrictions, other)
}

// Attribute is one attribute statement. A value with elements in it is their XML.
type Attribute struct {
	Name   string
	Values []string
}

// Encode is the assertion as a subject_token: base64url without padding
// (RFC 8693 3, RFC 7522 2.1).
func Encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
