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

const namespace = "urn:oasis:names:tc:SAML:2.0:assertion"

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
		Attributes   []xmlSAMLAttribs `xml:"urn:oasis:names:tc:SAML:2.0:assertion AttributeStatement>Attribute"`
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
		NotBefore    string   `xml:"NotBefore,attr"`
		NotOnOrAfter string   `xml:"NotOnOrAfter,attr"`
		Audiences    []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion AudienceRestriction>Audience"`
	}
	xmlKeyInfo struct {
		Certificates []string `xml:"X509Data>X509Certificate"`
	}
	xmlSAMLAttribs struct {
		Name   string   `xml:"Name,attr"`
		Values []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion AttributeValue"`
	}
)

// Read looks into an assertion given as XML, base64 or base64url.
func Read(data []byte) (Assertion, error) {
	raw, err := unwrap(data)
	if err != nil {
		return Assertion{}, err
	}
	a, err := parse(raw)
	if err != nil {
		return Assertion{}, err
	}
	out := Assertion{
		Raw: raw, ID: a.ID, Issuer: strings.TrimSpace(a.Issuer),
		Subject: strings.TrimSpace(a.NameID.Value), SubjectFormat: a.NameID.Format,
	}
	for _, aud := range a.Conditions.Audiences {
		out.Audiences = append(out.Audiences, strings.TrimSpace(aud))
	}
	for _, attr := range a.Attributes {
		out.Attributes = append(out.Attributes, Attribute(attr))
	}
	err = errors.Join(
		instant(&out.IssueInstant, "IssueInstant", a.IssueInstant),
		instant(&out.NotBefore, "NotBefore", a.Conditions.NotBefore),
		instant(&out.NotOnOrAfter, "NotOnOrAfter", a.Conditions.NotOnOrAfter),
	)
	if err != nil {
		return Assertion{}, err
	}
	if out.SignerCert, err = certificate("the signature", a.KeyInfo); err != nil {
		return Assertion{}, err
	}
	for _, c := range a.Confirmation {
		if err := out.confirm(c); err != nil {
			return Assertion{}, err
		}
	}
	return out, nil
}

// confirm takes over what one subject confirmation says (SAML Core 2.4.1).
func (a *Assertion) confirm(c xmlConfirm) error {
	var until time.Time
	if err := instant(&until, "NotOnOrAfter", c.Data.NotOnOrAfter); err != nil {
		return err
	}
	if !until.IsZero() && (a.NotOnOrAfter.IsZero() || until.Before(a.NotOnOrAfter)) {
		a.NotOnOrAfter = until
	}
	if a.Recipient == "" {
		a.Recipient = c.Data.Recipient
	}
	cert, err := certificate("the subject confirmation", c.Data.KeyInfo)
	if cert != nil && a.HolderOfKeyCert == nil {
		a.HolderOfKeyCert = cert
	}
	return err
}

// parse reads the one root element and refuses what is not a plain assertion.
func parse(raw []byte) (*xmlAssertion, error) {
	dec := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte{0xEF, 0xBB, 0xBF})))
	dec.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) { return nil, otherEncoding(charset) }
	for {
		t, err := dec.Token()
		var other otherEncoding
		switch {
		case errors.As(err, &other):
			return nil, other
		case err != nil:
			return nil, errors.New("the SAML assertion is not well-formed XML")
		}
		switch t := t.(type) {
		case xml.Directive:
			// No SAML document has a DTD, and entities are how XML readers are attacked.
			return nil, errors.New("the XML has a document type declaration, which no SAML assertion has")
		case xml.StartElement:
			if err := checkRoot(t.Name); err != nil {
				return nil, err
			}
			var a xmlAssertion
			if err := dec.DecodeElement(&a, &t); err != nil {
				return nil, errors.New("the SAML assertion is not well-formed XML")
			}
			return &a, nothingAfter(dec)
		}
	}
}

// otherEncoding is what an XML declaration says when it is not UTF-8.
type otherEncoding string

func (e otherEncoding) Error() string {
	return fmt.Sprintf("the SAML assertion says that its encoding is %.40q; only UTF-8 is read", string(e))
}

func checkRoot(name xml.Name) error {
	switch {
	case name.Space == namespace && name.Local == "Assertion":
		return nil
	case name.Local == "EncryptedAssertion":
		return errors.New("the SAML assertion is encrypted, so nothing can be read from it")
	case name.Local == "Response" || strings.HasPrefix(name.Local, "RequestSecurityTokenResponse"):
		return fmt.Errorf("it is a %s; the Assertion inside it is needed", name.Local)
	case name.Local == "Assertion":
		return fmt.Errorf("it is an assertion of another SAML version (%.80q); SAML 2.0 is needed", name.Space)
	default:
		return fmt.Errorf("it is XML and no SAML assertion: the root is %.80q", name.Local)
	}
}

func nothingAfter(dec *xml.Decoder) error {
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		text, isText := t.(xml.CharData)
		_, isComment := t.(xml.Comment)
		if err != nil || !isComment && !(isText && len(bytes.TrimSpace(text)) == 0) {
			return errors.New("something follows the SAML assertion")
		}
	}
}

// instant reads an xs:dateTime; SAML Core 1.3.3 has them all in UTC, so one
// without a zone is UTC.
func instant(into *time.Time, name, s string) error {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			*into = t
			return nil
		}
	}
	return fmt.Errorf("%s of the SAML assertion is no time: %.40q", name, s)
}

// certificate reads the first certificate of a KeyInfo, nil when there is none.
func certificate(where string, info xmlKeyInfo) (*x509.Certificate, error) {
	if len(info.Certificates) == 0 {
		return nil, nil //nolint:nilnil // a KeyInfo may hold something else
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(info.Certificates[0]), ""))
	if err != nil {
		return nil, fmt.Errorf("the certificate in %s of the SAML assertion is not base64", where)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("the certificate in %s of the SAML assertion cannot be read", where)
	}
	return cert, nil
}
