package saml

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// verifySignature checks the assertion's own signature under the certificate
// in it, by goxmldsig.
func verifySignature(t *testing.T, name string, assertion []byte) {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(assertion); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(doc.FindElement("//X509Certificate").Text()), ""))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}})
	ctx.IdAttribute = "ID"
	ctx.Clock = dsig.NewFakeClockAt(certificate.NotBefore.Add(1))
	if _, err := ctx.Validate(doc.Root()); err != nil {
		t.Errorf("%s: goxmldsig: %v", name, err)
	}
}

// verifyByXMLSec does so by xmlsec1, where it is installed.
func verifyByXMLSec(t *testing.T, name string, assertion []byte) {
	t.Helper()
	tool, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Logf("%s: there is no xmlsec1 here", name)
		return
	}
	file := filepath.Join(t.TempDir(), "assertion.xml")
	if err := os.WriteFile(file, assertion, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "--verify", "--insecure", "--id-attr:ID", namespace+":Assertion", file).CombinedOutput()
	if err != nil {
		t.Errorf("%s: xmlsec1: %v\n%s", name, err, out)
	}
}

// The Responses were signed by xmlsec1, the assertion by the security token
// service that it names. Every prefix of the Responses is declared at their root.
func TestWhatIsTakenOutStillVerifies(t *testing.T) {
	for _, name := range []string{"response-exclusive.xml", "response-prefixlist.xml", "response-inclusive.xml", "response-inclusive11.xml"} {
		data := read(t, name)
		cut, err := Extract(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		verifyByXMLSec(t, name, cut)
		// goxmldsig knows neither prefix lists nor what SignedInfo inherits; see TestInclusiveNeedsAll for those.
		if name == "response-exclusive.xml" {
			verifySignature(t, name, cut)
		}
	}
	published := read(t, "klg-assertion.xml")
	bare := published[bytes.Index(published, []byte("<Assertion")):]
	for name, around := range map[string][2]string{
		"by itself":                {"", ""},
		"in a message":             {`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns="urn:other"><s:Body><RequestedSecurityToken>`, "</RequestedSecurityToken></s:Body></s:Envelope>"},
		"behind a byte-order mark": {"\xef\xbb\xbf<r>\r\n", "\r\n</r>\r\n"},
	} {
		for _, encoded := range []func([]byte) []byte{func(b []byte) []byte { return b }, func(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) }} {
			cut, err := Extract(encoded([]byte(around[0] + string(bare) + around[1])))
			if err != nil || !bytes.Equal(cut, bare) {
				t.Errorf("%s: the bytes changed: %v", name, err)
			}
		}
	}
	verifySignature(t, "published", bare)
	verifyByXMLSec(t, "published", bare)
}

// Canonicalization that is not exclusive covers all declarations in force and
// the xml: attributes; what the start tag has itself stays alone.
func TestInclusiveNeedsAll(t *testing.T) {
	for name, want := range map[string][]string{
		"response-exclusive.xml":   {"xmlns:ds", "xmlns:saml2", "xmlns:xs", "xmlns:xsi"},
		"response-prefixlist.xml":  {"xmlns:ds", "xmlns:odd", "xmlns:saml2", "xmlns:xs", "xmlns:xsi"},
		"response-inclusive.xml":   {"xmlns:ds", "xmlns:odd", "xmlns:saml2", "xmlns:saml2p", "xmlns:xs", "xmlns:xsi", "xml:lang"},
		"response-inclusive11.xml": {"xmlns:ds", "xmlns:odd", "xmlns:saml2", "xmlns:saml2p", "xmlns:xs", "xmlns:xsi", "xml:lang"},
	} {
		cut, err := Extract(read(t, name))
		if err != nil {
			t.Fatal(err)
		}
		tag, _, _ := bytes.Cut(cut, []byte(">"))
		var got []string
		for _, field := range strings.Fields(string(tag)) {
			if attr, _, ok := strings.Cut(field, "="); ok && strings.HasPrefix(attr, "xml") {
				got = append(got, attr)
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestExtractedBytes(t *testing.T) {
	const ns = `xmlns="urn:oasis:names:tc:SAML:2.0:assertion"`
	const inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	const prefixed = `xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"`
	for name, c := range map[string]struct{ in, want string }{
		"default namespace":      {`<r ` + ns + `><Assertion ID="x"><Issuer/></Assertion></r>`, `<Assertion ` + ns + ` ID="x"><Issuer/></Assertion>`},
		"nothing inherited":      {`<r><Assertion ` + ns + "\n\tID='x' ></Assertion ></r>", `<Assertion ` + ns + "\n\tID='x' ></Assertion >"},
		"empty":                  {`<r ` + prefixed + `><a:Assertion/></r>`, `<a:Assertion ` + prefixed + `/>`},
		"overridden":             {`<r ` + prefixed + ` xmlns:b="urn:1"><a:Assertion xmlns:b="urn:2"><b:c/></a:Assertion></r>`, `<a:Assertion ` + prefixed + ` xmlns:b="urn:2"><b:c/></a:Assertion>`},
		"overridden further in":  {`<r ` + prefixed + ` xmlns:b="urn:1"><a:Assertion><x xmlns:b="urn:2"><b:c/></x><b:c/></a:Assertion></r>`, `<a:Assertion ` + prefixed + ` xmlns:b="urn:1"><x xmlns:b="urn:2"><b:c/></x><b:c/></a:Assertion>`},
		"not in force":           {`<r ` + prefixed + `><s xmlns:b="urn:1"/><a:Assertion b="b:c"/></r>`, `<a:Assertion ` + prefixed + ` b="b:c"/>`},
		"#default":               {`<r ` + prefixed + ` xmlns="urn:1"><a:Assertion><a:b PrefixList="#default"/></a:Assertion></r>`, `<a:Assertion xmlns="urn:1" ` + prefixed + `><a:b PrefixList="#default"/></a:Assertion>`},
		"in a value":             {`<r ` + prefixed + ` xmlns:b="urn:1"><a:Assertion><x>b:c</x></a:Assertion></r>`, `<a:Assertion ` + prefixed + ` xmlns:b="urn:1"><x>b:c</x></a:Assertion>`},
		"the innermost":          {`<r ` + prefixed + ` xmlns:b="urn:1"><s xmlns:b="urn:&#34;2"><a:Assertion><b:x/></a:Assertion></s></r>`, `<a:Assertion ` + prefixed + ` xmlns:b="urn:&#34;2"><b:x/></a:Assertion>`},
		"odd bytes":              {`<r ` + prefixed + `><a:Assertion><!-- > --><a:Issuer><![CDATA[</a:Assertion>]]>&#13;` + "\r\n" + `</a:Issuer></a:Assertion></r>`, `<a:Assertion ` + prefixed + `><!-- > --><a:Issuer><![CDATA[</a:Assertion>]]>&#13;` + "\r\n" + `</a:Issuer></a:Assertion>`},
		"one within another":     {`<r ` + prefixed + `><a:Assertion ID="1"><a:Advice><a:Assertion ID="2"/></a:Advice></a:Assertion></r>`, `<a:Assertion ` + prefixed + ` ID="1"><a:Advice><a:Assertion ID="2"/></a:Advice></a:Assertion>`},
		"inclusive":              {`<r ` + prefixed + ` xmlns="urn:1" xmlns:b="urn:2"><a:Assertion><x Algorithm="` + inclusive + `"/></a:Assertion></r>`, `<a:Assertion xmlns="urn:1" ` + prefixed + ` xmlns:b="urn:2"><x Algorithm="` + inclusive + `"/></a:Assertion>`},
		"inclusive, own default": {`<r xmlns="urn:1" xmlns:b="urn:2"><Assertion ` + ns + `><x Algorithm="` + inclusive + `"/></Assertion></r>`, `<Assertion xmlns:b="urn:2" ` + ns + `><x Algorithm="` + inclusive + `"/></Assertion>`},
		"inclusive, the same":    {`<r ` + prefixed + `><a:Assertion ` + prefixed + `><x Algorithm="` + inclusive + `"/></a:Assertion></r>`, `<a:Assertion ` + prefixed + `><x Algorithm="` + inclusive + `"/></a:Assertion>`},
		"inclusive, taken back":  {`<r xmlns="urn:1" ` + prefixed + `><a:Assertion xmlns=""><x Algorithm="` + inclusive + `"/></a:Assertion></r>`, `<a:Assertion ` + prefixed + ` xmlns=""><x Algorithm="` + inclusive + `"/></a:Assertion>`},
		"SAML 1.1":               {`<r xmlns:a="urn:oasis:names:tc:SAML:1.0:assertion"><a:Assertion AssertionID="1"/></r>`, `<a:Assertion xmlns:a="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="1"/>`},
	} {
		got, err := Extract([]byte(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v\nwant %s", name, got, err, c.want)
		}
	}
}

func TestExtractRefuses(t *testing.T) {
	const r = `<r xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">`
	for name, c := range map[string]struct{ in, why string }{
		"two":              {r + `<a:Assertion ID="1"/><a:Assertion ID="2"/></r>`, "there are 2 SAML assertions"},
		"none":             {r + `</r>`, "no SAML assertion"},
		"encrypted":        {r + `<a:EncryptedAssertion/></r>`, "encrypted"},
		"an ID twice":      {r + `<b Id="1"/><a:Assertion ID="1"/></r>`, "comes 2 times"},
		"a copy inside":    {r + `<a:Assertion ID="1"><Object><a:Assertion ID="1"/></Object></a:Assertion></r>`, "comes 2 times"},
		"two IDs":          {r + `<a:Assertion ID="1" ID="2"/></r>`, "well-formed"},
		"two defaults":     {r + `<a:Assertion xmlns="urn:1" xmlns="urn:2"/></r>`, "well-formed"},
		"another's":        {`<r xmlns:a="urn:other"><a:Assertion/></r>`, "no SAML assertion"},
		"a missing prefix": {`<r><a:Assertion/></r>`, "xmlns:a"},
		"a DTD":            {`<!DOCTYPE r>` + r + `<a:Assertion/></r>`, "document type"},
		"cut off":          {r + `<a:Assertion>`, "well-formed"},
		"no XML":           {"eyJ", "neither XML nor base64"},
	} {
		if got, err := Extract([]byte(c.in)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// FuzzExtract: what is taken out holds together by itself and has the same bytes
// but for its start tag.
func FuzzExtract(f *testing.F) {
	for _, name := range []string{"response-exclusive.xml", "response-inclusive.xml", "klg-assertion.xml"} {
		f.Add(read(f, name))
	}
	f.Add([]byte(`<r xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:b="urn:1"><a:Assertion x="b:c"><b:d/></a:Assertion></r>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := Open(data); err == nil && d.Assertions == 0 && d.Assertion != nil {
			t.Errorf("%q: an assertion from nowhere", data)
		}
		cut, err := Extract(data)
		if err != nil {
			return
		}
		again, err := Extract(cut)
		if err != nil || !bytes.Equal(again, cut) {
			t.Errorf("%q: taken out again it is %q, %v", cut, again, err)
		}
		raw, err := Bytes(data)
		if err != nil || !bytes.HasSuffix(cut, []byte(">")) || !bytes.Contains(raw, cut[bytes.LastIndexByte(cut, '<'):]) {
			t.Errorf("%q is not from %q", cut, raw)
		}
	})
}
