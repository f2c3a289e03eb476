package saml

import (
	"strings"
	"testing"
	"time"
)

// An assertion that was cut out of its Response: what it lacks is named.
func TestAMissingDeclarationIsNamed(t *testing.T) {
	whole := string(read(t, "response-exclusive.xml"))
	start, end := strings.Index(whole, "<saml2:Assertion"), strings.Index(whole, "</saml2p:Response>")
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"cut out": {whole[start:end], []string{
			`xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"`, `xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`,
			`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`, "--extract-assertion",
		}},
		"another prefix":    {`<q:Assertion Version="2.0"/>`, []string{`xmlns:q="urn:oasis:names:tc:SAML:2.0:assertion"`}},
		"SAML 1.1":          {`<saml:Assertion MajorVersion="1"/>`, []string{`xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"`}},
		"default namespace": {`<Assertion Version="2.0"><Issuer>x</Issuer></Assertion>`, []string{`xmlns="urn:oasis:names:tc:SAML:2.0:assertion"`}},
		"two of them":       {open + `<ds:Signature/><y:z/></Assertion>`, []string{`xmldsig#" and xmlns:y:`}},
		"only one inside":   {open + `<ds:Signature/></Assertion>`, []string{`lacks the namespace declaration xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`}},
		"an attribute's":    {open + `<Issuer z:a="1"/></Assertion>`, []string{`declaration xmlns:z:`}},
	} {
		_, err := Read([]byte(c.in))
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %v", name, want, err)
			}
		}
	}
}

// One unreadable detail is one warning, and costs nothing else.
func TestOneUnreadableDetailIsOneWarning(t *testing.T) {
	keyInfo := func(text string) string {
		return `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><X509Data><X509Certificate>` + text + `</X509Certificate></X509Data></KeyInfo></Signature>`
	}
	for name, c := range map[string]struct{ before, inside, want string }{
		"a certificate that is none": {"", keyInfo("AAAA"), "the certificate in the signature"},
		"a certificate, no base64":   {"", keyInfo("!"), "is not base64"},
		"a time":                     {"", `<Conditions NotOnOrAfter="tomorrow"/>`, `NotOnOrAfter of the SAML assertion is no time: "tomorrow"`},
		"the end of a session":       {"", `<AuthnStatement SessionNotOnOrAfter="soon"/>`, "SessionNotOnOrAfter"},
		"a holder's certificate":     {"", `<Subject><SubjectConfirmation><SubjectConfirmationData>` + strings.ReplaceAll(strings.ReplaceAll(keyInfo("AAAA"), "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><KeyInfo>", "<KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">"), "</Signature>", "") + `</SubjectConfirmationData></SubjectConfirmation></Subject>`, "the subject confirmation"},
		"utf-16 that is UTF-8":       {`<?xml version="1.0" encoding="utf-16"?>`, "", `its encoding is "utf-16", and it is UTF-8`},
		"a type's prefix":            {"", `<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string"/>`, `"xs:string"`},
	} {
		a, err := Read([]byte(c.before + open + "<Issuer>é</Issuer>" + c.inside + "</Assertion>"))
		if err != nil || a.Issuer != "é" {
			t.Errorf("%s: %+v, %v", name, a, err)
			continue
		}
		if len(a.Warnings) != 1 || !strings.Contains(a.Warnings[0], c.want) {
			t.Errorf("%s: %q", name, a.Warnings)
		}
	}
}

func TestWhatAnAssertionSaysOfALogin(t *testing.T) {
	d, err := Open(read(t, "response-exclusive.xml"))
	if err != nil || d.Assertion == nil || len(d.Notes) > 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	a := d.Assertion
	if strings.Join(a.AuthnContextClassRefs, " ") != "urn:oasis:names:tc:SAML:2.0:ac:classes:X509" ||
		!a.SessionNotOnOrAfter.Equal(time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)) || !a.AuthnInstant.Equal(time.Date(2026, 3, 1, 11, 59, 0, 0, time.UTC)) {
		t.Errorf("%+v", a)
	}
	if got := a.Attributes[1].Values[0]; got != `<PurposeOfUse xmlns="urn:hl7-org:v3" code="TREATMENT"/>` {
		t.Errorf("a structured value: %q", got)
	}
	if got := a.Attributes[0].Values[0]; got != "a\r\nb" {
		t.Errorf("a text: %q", got)
	}
}

func TestOpenSaysWhatIsInside(t *testing.T) {
	const ns = ` xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"`
	one := `<a:Assertion ID="1"><a:Issuer>me</a:Issuer></a:Assertion>`
	for name, c := range map[string]struct{ in, what, contents, status, note string }{
		"Response":     {`<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"` + ns + `>` + one + `</p:Response>`, "SAML Response", "1 assertion", "", "no signature of its own"},
		"SOAP":         {`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"` + ns + `><s:Body>` + one + `</s:Body></s:Envelope>`, "SOAP message", "1 assertion", "", ""},
		"WS-Trust":     {`<RequestSecurityTokenResponse` + ns + `><RequestedSecurityToken>` + one + `</RequestedSecurityToken></RequestSecurityTokenResponse>`, "WS-Trust answer (RequestSecurityTokenResponse)", "1 assertion", "", ""},
		"something":    {`<r` + ns + `>` + one + `</r>`, "", "1 assertion", "", ""},
		"two":          {`<r` + ns + `>` + one + one + `<a:EncryptedAssertion/></r>`, "", "2 assertions and 1 encrypted assertion", "", ""},
		"encrypted":    {`<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"` + ns + `><a:EncryptedAssertion/></p:Response>`, "SAML Response", "no assertion and 1 encrypted assertion", "", ""},
		"a no":         {`<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><p:Status><p:StatusCode Value="urn:R"><p:StatusCode Value="urn:D"/></p:StatusCode><p:StatusMessage>not you</p:StatusMessage></p:Status></p:Response>`, "SAML Response", "no assertion", "urn:R|urn:D|not you", ""},
		"a SOAP fault": {`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>5015</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`, "SOAP message", "no assertion", "s:Sender|5015", ""},
		"an ID twice":  {`<r` + ns + `><b ID="1"/>` + one + `</r>`, "", "1 assertion", "", "comes 2 times"},
		"SAML 1.1":     {`<r xmlns:a="urn:oasis:names:tc:SAML:1.0:assertion">` + one + `</r>`, "", "1 assertion", "", "another SAML version"},
	} {
		d, err := Open([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.What != c.what || d.Contents() != c.contents {
			t.Errorf("%s: a %q with %s", name, d.What, d.Contents())
		}
		if status := strings.Join(d.Status, "|"); status != c.status {
			t.Errorf("%s: status %q", name, status)
		}
		if notes := strings.Join(d.Notes, "|"); !strings.Contains(notes, c.note) {
			t.Errorf("%s: notes %q", name, notes)
		}
		if c.contents == "1 assertion" && c.note != "comes 2 times" && c.note != "another SAML version" && (d.Assertion == nil || d.Assertion.Issuer != "me") {
			t.Errorf("%s: %+v", name, d.Assertion)
		}
	}
	for name, in := range map[string]string{"html": "<html/>", "one that is encrypted": `<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>`} {
		if d, err := Open([]byte(in)); err == nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
}
