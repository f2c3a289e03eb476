package klg

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

const samlSkew = 15 * time.Second

// checkSAML reads a subject token: base64url without padding, signed by the
// STS, for this gateway, in its time, and for the holder of the client's key.
// It returns the subject's name and the municipality.
func (p *Provider) checkSAML(token string) (subject, cvr string, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return "", "", errors.New("subject_token is not base64url without padding")
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil || doc.Root() == nil {
		return "", "", errors.New("subject_token is not XML")
	}
	if root := doc.Root(); root.Tag != "Assertion" || root.NamespaceURI() != nsAssertion {
		return "", "", errors.New("subject_token is not a SAML 2.0 assertion")
	}
	if assertions(&doc.Element) != 1 {
		return "", "", errors.New("subject_token holds another assertion")
	}
	now := p.core.Now()
	signers := append([]*x509.Certificate{p.sts.make().certificate}, p.core.Signers...)
	verify := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: signers})
	verify.IdAttribute = "ID"
	verify.Clock = dsig.NewFakeClockAt(now)
	// Only what Validate returns was signed. Anything else in the document may
	// have been wrapped around it.
	signed, err := verify.Validate(doc.Root())
	if err != nil {
		return "", "", errors.New("the signature does not validate")
	}
	return p.checkSigned(signed, now)
}

// assertions counts them at any depth: what else the document holds might be read in place of what was signed.
func assertions(e *etree.Element) (n int) {
	for _, child := range e.ChildElements() {
		if child.Tag == "Assertion" {
			n++
		}
		n += assertions(child)
	}
	return n
}

func (p *Provider) checkSigned(a *etree.Element, now time.Time) (subject, cvr string, err error) {
	if issuer := text(a, "Issuer"); issuer != stsIssuer {
		return "", "", fmt.Errorf("the issuer %q is not the STS", issuer)
	}
	conditions := a.SelectElement("Conditions")
	if conditions == nil {
		return "", "", errors.New("Conditions are missing")
	}
	if err := inTime(conditions, now); err != nil {
		return "", "", err
	}
	if got := text(conditions, "AudienceRestriction", "Audience"); got != gateway {
		return "", "", fmt.Errorf("the audience %q is not %s", got, gateway)
	}
	confirmation := find(a, "Subject", "SubjectConfirmation")
	if confirmation == nil || confirmation.SelectAttrValue("Method", "") != holderOfKey {
		return "", "", errors.New("the subject confirmation is not holder-of-key")
	}
	data := confirmation.SelectElement("SubjectConfirmationData")
	if data == nil {
		return "", "", errors.New("the subject confirmation has no data")
	}
	if err := inTime(data, now); err != nil {
		return "", "", err
	}
	if to := data.SelectAttr("Recipient"); to != nil && to.Value != gateway {
		return "", "", fmt.Errorf("the recipient %q is not %s", to.Value, gateway)
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text(data, "KeyInfo", "X509Data", "X509Certificate")), ""))
	if err != nil || !bytes.Equal(der, p.certificate.Raw) {
		return "", "", errors.New("the holder-of-key certificate is not the client's")
	}
	return text(a, "Subject", "NameID"), attribute(a, cvrClaim), nil
}

// attribute is the value of the one attribute of that name.
func attribute(a *etree.Element, name string) string {
	statement := find(a, "AttributeStatement")
	if statement == nil {
		return ""
	}
	value := ""
	for _, one := range statement.SelectElements("Attribute") {
		if one.SelectAttrValue("Name", "") == name {
			value = text(one, "AttributeValue")
		}
	}
	return value
}

// inTime checks NotBefore and NotOnOrAfter; the second must be there.
func inTime(e *etree.Element, now time.Time) error {
	until, err := time.Parse(time.RFC3339Nano, e.SelectAttrValue("NotOnOrAfter", ""))
	if err != nil {
		return fmt.Errorf("%s has no NotOnOrAfter", e.Tag)
	}
	if !now.Before(until) {
		return errors.New("the assertion has expired")
	}
	if from := e.SelectAttrValue("NotBefore", ""); from != "" {
		begin, err := time.Parse(time.RFC3339Nano, from)
		if err != nil || now.Add(samlSkew).Before(begin) {
			return errors.New("the assertion is not valid yet")
		}
	}
	return nil
}

// find goes down by tags; nil when one is missing or there twice.
func find(e *etree.Element, tags ...string) *etree.Element {
	for _, tag := range tags {
		children := e.SelectElements(tag)
		if len(children) != 1 {
			return nil
		}
		e = children[0]
	}
	return e
}

func text(e *etree.Element, tags ...string) string {
	if e = find(e, tags...); e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text())
}
