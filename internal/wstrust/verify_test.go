package wstrust

import (
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"authctl/internal/saml"
)

// Signatures that xmlsec1 made, over assertions in a Response, and that of a service in use.
func TestSignaturesOfAnother(t *testing.T) {
	for _, name := range []string{"testdata/response-prefixlist.xml", "testdata/response-inclusive.xml", "testdata/response-inclusive11.xml", "../saml/testdata/response-exclusive.xml", "../saml/testdata/klg-assertion.xml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		cut, err := saml.Extract(data)
		if err != nil {
			t.Fatal(err)
		}
		read, err := saml.Read(cut)
		if err != nil {
			t.Fatal(err)
		}
		a := &Asking{Signers: []*x509.Certificate{read.SignerCert}}
		if err := a.verify(cut, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		changed := strings.Replace(string(cut), ` Version="2.0"`, ` Version="2.1"`, 1)
		if err := a.verify([]byte(changed), nil); err == nil {
			t.Errorf("%s: changed, it holds", name)
		}
	}
}

func TestThePinHolds(t *testing.T) {
	good := reply(t, sent(), row{})
	signature := func(in string) string {
		from := strings.LastIndex(in, "<ds:Signature ")
		return in[from : from+strings.Index(in[from:], "</ds:Signature>")+len("</ds:Signature>")]
	}
	own := signature(good)
	for name, c := range map[string]struct {
		body, why string
		change    func(*Asking)
	}{
		"the signer is another":     {good, "none of sts.signing_certificates", func(a *Asking) { a.Signers = a.Signers[:1] }},
		"an EC certificate":         {good, "none of sts.signing_certificates", func(a *Asking) { _, c := ecKey(t); a.Signers = []*x509.Certificate{c} }},
		"the assertion was changed": {strings.Replace(good, "PD94", "PD95", 1), "assertion's signature does not hold: what it covers", nil},
		"an attribute was changed":  {strings.Replace(good, "11:59:59", "11:59:58", 1), "what it covers", nil},
		"its signature was changed": {strings.Replace(good, own, strings.Replace(own, "<ds:DigestValue>", "<ds:DigestValue>A", 1), 1), "none of sts", nil},
		"it has none":               {strings.Replace(good, own, "", 1), "0 signatures", nil},
		"it has two":                {strings.Replace(good, own, own+own, 1), "2 signatures", nil},
		"deeper, a signature":       {strings.Replace(good, own, "<saml:x>"+own+"</saml:x>", 1), "0 signatures", nil},
		"another element's":         {strings.Replace(strings.Replace(good, `ID="_a1"`, `ID="_a3"`, 1), "<saml:Subject>", `<saml:Subject ID="_a1">`, 1), "does not refer", nil},
		"no ID":                     {strings.Replace(good, ` ID="_a1"`, "", 1), "does not refer", nil},
		"SHA-1":                     {strings.ReplaceAll(good, rsaSHA256, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), "SHA-256 or more", nil},
		"HMAC":                      {strings.ReplaceAll(good, rsaSHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), "SHA-256 or more", nil},
		"a digest as the algorithm": {strings.ReplaceAll(good, rsaSHA256, "http://www.w3.org/2001/04/xmldsig-more#sha256"), "SHA-256 or more", nil},
		"an odd canonicalization":   {strings.Replace(good, own, strings.Replace(own, exclusive, "urn:x", 1), 1), "not known", nil},
		"a second value":            {strings.Replace(good, own, strings.Replace(own, "<ds:SignatureValue>", "<ds:SignatureValue/><ds:SignatureValue>", 1), 1), "no SignatureValue in base64", nil},
		"the value, no base64":      {strings.Replace(good, own, strings.Replace(own, "<ds:SignatureValue>", "<ds:SignatureValue>*", 1), 1), "no SignatureValue in base64", nil},
		"the Body was changed":      {strings.Replace(good, "#SAMLV2.0", "#SAMLV2.1", 1), "answer's Body does not hold: what it covers", nil},
		"the answer's was changed":  {strings.Replace(good, `"#body"><ds:Transforms><ds:Transform `, `"#body"><ds:Transforms><ds:Transform x="" `, 1), "answer's Body does not hold: it is of none", nil},
	} {
		a := asking(pinned)
		if c.change != nil {
			c.change(&a)
		}
		_, err := a.Read(sent(), 200, soapType, []byte(c.body))
		var unfit *Unfit
		if !errors.As(err, &unfit) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What is signed and asks for more than is known.
	const more = `</ds:Transforms>`
	for name, c := range map[string]struct {
		edits []string
		why   string
	}{
		"a digest by SHA-1":    {[]string{digest256, "http://www.w3.org/2000/09/xmldsig#sha1"}, "its digest is"},
		"a transform more":     {[]string{more, `<ds:Transform Algorithm="urn:x"></ds:Transform>` + more}, "a transform too many"},
		"another transform":    {[]string{nsDSig + "enveloped-signature", "urn:x"}, "a transform too many"},
		"two references to it": {[]string{`</ds:SignedInfo>`, `<ds:Reference URI="#_a1"></ds:Reference></ds:SignedInfo>`}, "does not refer"},
	} {
		text := reply(t, sent(), row{}, "@SIGNATURE@", "@LATER@", "@MESSAGESIGNATURE@", "")
		text = signAt(t, text, "@LATER@", "//Assertion", "_a1", "", "", true, c.edits...)
		if _, err := asking(pinned).Read(sent(), 200, soapType, []byte(text)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	text := signAt(t, reply(t, sent(), row{}, "@MESSAGESIGNATURE@", "@LATER@"), "@LATER@", "./Body", "body", "", "", true)
	if _, err := asking(pinned).Read(sent(), 200, soapType, []byte(text)); err == nil || !strings.Contains(err.Error(), "a transform too many") {
		t.Errorf("enveloped, and is not: %v", err)
	}
	// A signature over something else, and none at all, say nothing of the Body.
	for name, edit := range map[string][2]string{"none": {"@MESSAGESIGNATURE@", ""}, "over another part": {`wsu:Id="body"`, `wsu:Id="other"`}} {
		text := reply(t, sent(), row{}, edit[0], edit[1])
		if _, err := asking(pinned).Read(sent(), 200, soapType, []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now().Before(parties()["sts"].certificate.NotAfter.Add(time.Hour)) {
		t.Error("the signer's certificate is not over in these tests")
	}
}
