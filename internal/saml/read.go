package saml

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// The elements of SAML Core 2.3.3 and XML Signature 4.4 that are looked at.
type (
	xmlAssertion struct {
		ID           string           `xml:"ID,attr"`
		IssueInstant string           `xml:"IssueInstant,attr"`
		Issuer       string           `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
		KeyInfo      xmlKeyInfo       `xml:"http://www.w3.org/2000/09/xmldsig# Signature>KeyInfo"`
		NameID       xmlNameID        `xml:"urn:oasis:names:tc:SAML:2.0:assertion Subject>NameID"`
		Confirmation []xmlConfirm     `xml:"urn:oasis:names:tc:SAML:2.0:assertion Subject>SubjectConfirmation"`
		Conditions   xmlConditions    `xml:"urn:oasis:names:tc:SAML:2.0:assertion Conditions"`
		Authn        []xmlAuthn       `xml:"urn:oasis:names:tc:SAML:2.0:assertion AuthnStatement"`
		Attributes   []xmlSAMLAttribs `xml:"urn:oasis:names:tc:SAML:2.0:assertion AttributeStatement>Attribute"`
	}
	// xmlAuthn is how the subject logged in (SAML Core 2.7.2).
	xmlAuthn struct {
		Instant             string   `xml:"AuthnInstant,attr"`
		SessionNotOnOrAfter string   `xml:"SessionNotOnOrAfter,attr"`
		ClassRefs           []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion AuthnContext>AuthnContextClassRef"`
	}
	xmlNameID struct {
		Format string `xml:"Format,attr"`
		Value  string `xml:",chardata"`
	}
	xmlConfirm struct {
		Method string `xml:"Method,attr"`
		Data   struct {
			NotOnOrAfter string     `xml:"NotOnOrAfter,attr"`
			Recipient    string     `xml:"Recipient,attr"`
			KeyInfo      xmlKeyInfo `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:assertion SubjectConfirmationData"`
	}
	xmlConditions struct {
		NotBefore    string `xml:"NotBefore,attr"`
		NotOnOrAfter string `xml:"NotOnOrAfter,attr"`
		Restrictions []struct {
			Audiences []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion Audience"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:assertion AudienceRestriction"`
	}
	xmlKeyInfo struct {
		Certificates []string `xml:"X509Data>X509Certificate"`
	}
	xmlSAMLAttribs struct {
		Name   string     `xml:"Name,attr"`
		Values []xmlValue `xml:"urn:oasis:names:tc:SAML:2.0:assertion AttributeValue"`
	}
	// xmlValue is of any type (SAML Core 2.7.3.1.1): text, or elements.
	xmlValue struct {
		Text     string     `xml:",chardata"`
		Inner    string     `xml:",innerxml"`
		Elements []struct{} `xml:",any"`
	}
)

// Read looks into an assertion given as XML, base64 or base64url. A detail that
// cannot be read is left out and one of the Warnings.
func Read(data []byte) (Assertion, error) {
	raw, err := unwrap(data)
	if err != nil {
		return Assertion{}, err
	}
	text, doc, err := document(raw)
	if err != nil {
		return Assertion{}, err
	}
	if err := doc.checkRoot(); err != nil {
		return Assertion{}, err
	}
	var a xmlAssertion
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // scan has looked
	if err := dec.Decode(&a); err != nil {
		return Assertion{}, errNotWellFormed
	}
	out := a.read()
	out.Raw, out.Warnings = raw, append(doc.warnings, out.Warnings...)
	return out, nil
}

func (a *xmlAssertion) read() Assertion {
	out := Assertion{
		ID: a.ID, Issuer: strings.TrimSpace(a.Issuer),
		Subject: strings.TrimSpace(a.NameID.Value), SubjectFormat: a.NameID.Format,
	}
	for _, r := range a.Conditions.Restrictions {
		first := len(out.Audiences)
		for _, aud := range r.Audiences {
			out.Audiences = append(out.Audiences, strings.TrimSpace(aud))
		}
		out.restrictions = append(out.restrictions, out.Audiences[first:])
	}
	for _, attr := range a.Attributes {
		out.Attributes = append(out.Attributes, attr.read())
	}
	out.instant(&out.IssueInstant, "IssueInstant", a.IssueInstant)
	out.instant(&out.NotBefore, "NotBefore", a.Conditions.NotBefore)
	out.instant(&out.NotOnOrAfter, "NotOnOrAfter", a.Conditions.NotOnOrAfter)
	out.SignerCert = out.certificate("the signature", a.KeyInfo)
	for _, c := range a.Confirmation {
		out.confirm(c)
	}
	for _, authn := range a.Authn {
		for _, ref := range authn.ClassRefs {
			out.AuthnContextClassRefs = append(out.AuthnContextClassRefs, strings.TrimSpace(ref))
		}
		if out.AuthnInstant.IsZero() {
			out.instant(&out.AuthnInstant, "AuthnInstant", authn.Instant)
		}
		if out.SessionNotOnOrAfter.IsZero() {
			out.instant(&out.SessionNotOnOrAfter, "SessionNotOnOrAfter", authn.SessionNotOnOrAfter)
		}
	}
	return out
}

// read keeps a structured value as the XML that it is.
func (a xmlSAMLAttribs) read() Attribute {
	out := Attribute{Name: a.Name}
	for _, v := range a.Values {
		text := v.Text
		if len(v.Elements) > 0 {
			text = strings.TrimSpace(v.Inner)
		}
		out.Values = append(out.Values, text)
	}
	return out
}

// confirm takes over what one subject confirmation says (SAML Core 2.4.1).
func (a *Assertion) confirm(c xmlConfirm) {
	var until time.Time
	a.instant(&until, "NotOnOrAfter of the subject confirmation", c.Data.NotOnOrAfter)
	if !until.IsZero() && (a.NotOnOrAfter.IsZero() || until.Before(a.NotOnOrAfter)) {
		a.NotOnOrAfter = until
	}
	if a.Recipient == "" {
		a.Recipient = c.Data.Recipient
	}
	if cert := a.certificate("the subject confirmation", c.Data.KeyInfo); a.HolderOfKeyCert == nil {
		a.HolderOfKeyCert = cert
	}
}

// otherEncoding is what an XML declaration says when it is not UTF-8.
type otherEncoding string

func (e otherEncoding) Error() string {
	return fmt.Sprintf("the SAML assertion says that its encoding is %.40q; only UTF-8 is read", string(e))
}

// checkRoot refuses a document that is no SAML 2.0 assertion.
func (d *scanned) checkRoot() error {
	switch name := d.root; {
	case name.Space == namespace && name.Local == "Assertion":
		return nil
	case name.Local == "EncryptedAssertion":
		return errors.New("the SAML assertion is encrypted, so nothing can be read from it")
	case name.Local == "Assertion":
		return fmt.Errorf("it is an assertion of another SAML version (%.80q); SAML 2.0 is needed", name.Space)
	case len(d.parts) == 1:
		return fmt.Errorf("it is no assertion but has one inside (the root is %.80q): decode --extract-assertion takes it out", name.Local)
	case len(d.parts) > 1:
		return fmt.Errorf("it is no assertion but has %d inside (the root is %.80q), and none is chosen for you", len(d.parts), name.Local)
	case name.Local == "Response" || strings.HasPrefix(name.Local, "RequestSecurityTokenResponse"):
		return fmt.Errorf("it is a %s without an assertion in it that could be read", name.Local)
	default:
		return fmt.Errorf("it is XML and no SAML assertion: the root is %.80q", name.Local)
	}
}

func (a *Assertion) warn(format string, args ...any) {
	a.Warnings = append(a.Warnings, fmt.Sprintf(format, args...))
}

// instant reads an xs:dateTime; SAML Core 1.3.3 has them all in UTC, so one
// without a zone is UTC.
func (a *Assertion) instant(into *time.Time, name, s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			*into = t
			return
		}
	}
	a.warn("%s of the SAML assertion is no time: %.40q", name, s)
	if strings.HasPrefix(name, "Not") {
		a.Untimely = a.Warnings[len(a.Warnings)-1]
	}
}

// certificate reads the first certificate of a KeyInfo, nil when there is none.
func (a *Assertion) certificate(where string, info xmlKeyInfo) *x509.Certificate {
	if len(info.Certificates) == 0 {
		return nil // a KeyInfo may hold something else
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(info.Certificates[0]), ""))
	if err != nil {
		a.warn("the certificate in %s of the SAML assertion is not base64", where)
		return nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.warn("the certificate in %s of the SAML assertion cannot be read: %.120q", where, err.Error())
		return nil
	}
	return cert
}
