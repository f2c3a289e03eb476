package wstrust

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"

// row is one way to write an assertion into an answer.
type row struct {
	name     string
	envelope string   // declarations at its root
	edits    []string // of the assertion: old, new
	method   string   // canonicalization, "" the exclusive one
	prefixes string   // PrefixList
	notAlone bool     // goxmldsig's own Validate does not know all of it
}

// assertion is one with its own declarations; @SIGNATURE@ is where it is signed.
func assertionText() string {
	return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" IssueInstant="2026-11-27T11:59:59.000Z" Version="2.0"><saml:Issuer>https://sts.example</saml:Issuer>@SIGNATURE@` +
		`<saml:Subject><saml:NameID>C=DK</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key">` +
		`<saml:SubjectConfirmationData NotOnOrAfter="2026-11-27T20:00:00Z" Recipient="` + service + `"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>@HOLDER@</X509Certificate></X509Data></KeyInfo></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotBefore="2026-11-27T12:00:00.000Z" NotOnOrAfter="2026-11-27T20:00:00Z"><saml:AudienceRestriction><saml:Audience>` + service + `</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
		`<saml:AttributeStatement><saml:Attribute Name="` + number + `"><saml:AttributeValue>01234567</saml:AttributeValue></saml:Attribute><saml:Attribute Name="more"><saml:AttributeValue>PD94\nbWw=</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>`
}

func answerText() string {
	return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wsse="` + nsWSSE + `" xmlns:wsu="` + nsWSU + `"@DECLARATIONS@><s:Header>` +
		`<wsa:Action>http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal</wsa:Action><wsa:RelatesTo>@ID@</wsa:RelatesTo><wsse:Security s:mustUnderstand="true">@MESSAGESIGNATURE@</wsse:Security></s:Header>` +
		`<s:Body wsu:Id="body"><wst:RequestSecurityTokenResponseCollection xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><wst:RequestSecurityTokenResponse Context="@CONTEXT@">` +
		`<wst:TokenType>` + tokenType + `</wst:TokenType><wst:RequestedSecurityToken>@ASSERTION@</wst:RequestedSecurityToken></wst:RequestSecurityTokenResponse></wst:RequestSecurityTokenResponseCollection></s:Body></s:Envelope>`
}

// rows are the table of what was measured with public clients, and more: each is valid.
func rows() []row {
	const saml = ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`
	const xs = ` xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
	typed := []string{saml, "", `<saml:AttributeValue>`, `<saml:AttributeValue xsi:type="xs:string">`}
	return []row{
		{name: "self-contained"},
		{name: "declared at the Envelope only", envelope: saml, edits: []string{saml, ""}},
		{name: "a CR in signed text", edits: []string{`\n`, "&#13;\n"}},
		{name: "CRLF, comments, odd quotes", edits: []string{
			`\n`, "\r\n", ` ID="_a1"`, "\r\n ID='_a1'  odd='say \"a\" &gt; &apos;b&apos;'", `<saml:Subject>`, "<!-- a > b --><saml:Subject >\r\n\t<?pi x?>", `01234567`, `0123<!-- 9 -->4<![CDATA[567]]>`, `</saml:Assertion>`, "</saml:Assertion\n>",
		}},
		{name: "inclusive", envelope: saml + ` xmlns:odd="urn:odd" xml:lang="da"`, edits: []string{saml, ""}, method: inclusive, notAlone: true},
		{name: "inclusive, self-contained", method: inclusive, notAlone: true},
		{name: "a prefix list", envelope: saml + xs, edits: typed, prefixes: "xs", notAlone: true},
		{name: "a type", envelope: saml + xs, edits: typed},
		{name: "the default namespace", envelope: ` xmlns="urn:oasis:names:tc:SAML:2.0:assertion"`, edits: []string{saml, "", "<saml:", "<", "</saml:", "</"}},
	}
}

// reply is the answer to m in the way of r, its assertion and its Body signed; edits go before the signatures.
func reply(t testing.TB, m Message, r row, edits ...string) string {
	t.Helper()
	assertion := strings.NewReplacer(append(r.edits, "@HOLDER@", base64.StdEncoding.EncodeToString(parties()["client"].certificate.Raw))...).Replace(assertionText())
	text := strings.NewReplacer("@ASSERTION@", assertion, "@DECLARATIONS@", r.envelope, "@ID@", m.ID, "@CONTEXT@", m.Context).Replace(answerText())
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("there is no %s to change", edits[i])
		}
		text = strings.ReplaceAll(text, edits[i], edits[i+1])
	}
	text = signAt(t, text, "@SIGNATURE@", "//Assertion", "_a1", r.method, r.prefixes, true)
	return signAt(t, text, "@MESSAGESIGNATURE@", "./Body", "body", "", "s wsa wsse wsu", false)
}

// signAt puts a signature of the STS over the element at path where mark is. It
// canonicalizes in another way than what is tested; edits are of the signature, before its value.
func signAt(t testing.TB, text, mark, path, id, method, prefixes string, enveloped bool, edits ...string) string {
	t.Helper()
	if !strings.Contains(text, mark) {
		return text
	}
	if method == "" {
		method = exclusive
	}
	how := `Algorithm="` + method + `">`
	if prefixes != "" {
		how += `<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="` + prefixes + `"/>`
	}
	transforms := `<ds:Transform ` + how + `</ds:Transform>`
	if enveloped {
		transforms = `<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>` + transforms
	}
	target := at(t, strings.Replace(text, mark, "", 1), path)
	digest := sha256.Sum256(inContext(t, target, method, prefixes))
	signature := `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod ` + how + `</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="` + rsaSHA256 + `"/>` +
		`<ds:Reference URI="#` + id + `"><ds:Transforms>` + transforms + `</ds:Transforms><ds:DigestMethod Algorithm="` + digest256 + `"/><ds:DigestValue>` + base64.StdEncoding.EncodeToString(digest[:]) + "</ds:DigestValue></ds:Reference></ds:SignedInfo>" +
		"<ds:SignatureValue>\n@VALUE@\n</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>" + base64.StdEncoding.EncodeToString(parties()["sts"].certificate.Raw) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
	text = strings.Replace(text, mark, strings.NewReplacer(edits...).Replace(signature), 1)
	info := at(t, text, "//Reference[@URI='#"+id+"']").Parent()
	sum := sha256.Sum256(inContext(t, info, method, prefixes))
	value, err := rsa.SignPKCS1v15(rand.Reader, parties()["sts"].key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(text, "@VALUE@", base64.StdEncoding.EncodeToString(value), 1)
}

func at(t testing.TB, text, path string) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	e := doc.Root().FindElement(path)
	if e == nil {
		t.Fatalf("no %s in\n%s", path, text)
	}
	return e
}

func inContext(t testing.TB, e *etree.Element, method, prefixes string) []byte {
	t.Helper()
	by, alone := dsig.MakeC14N10RecCanonicalizer(), e
	if method == exclusive {
		around, err := etreeutils.NSBuildParentContext(e)
		if err != nil {
			t.Fatal(err)
		}
		if alone, err = etreeutils.NSDetatch(around, e); err != nil {
			t.Fatal(err)
		}
		by = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes)
	}
	out, err := by.Canonicalize(alone)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
