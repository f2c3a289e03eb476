package sandbox_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"authctl/internal/sandbox"
)

const (
	stsURL      = "/klg/sts/certificatemixed"
	soapContent = "application/soap+xml; charset=utf-8"
	excC14N     = "http://www.w3.org/2001/10/xml-exc-c14n#"
	incC14N     = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	rsaSHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	rsaSHA1     = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	sha256Name  = "http://www.w3.org/2001/04/xmlenc#sha256"
	sha1Name    = "http://www.w3.org/2000/09/xmldsig#sha1"
	careGateway = "http://ehealth.sundhed.dk/service/CareGateway/1"
)

// unsignedRST is a request as KOMBIT's own clients write it, but for the signature.
const unsignedRST = `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">
<soap:Header>
<wsa:Action wsu:Id="id-action">http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue</wsa:Action>
<wsa:MessageID wsu:Id="id-id">urn:uuid:MESSAGE</wsa:MessageID>
<wsa:To wsu:Id="id-to">https://sts.example/issue</wsa:To>
<wsa:ReplyTo wsu:Id="id-reply"><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo>
<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" soap:mustUnderstand="1">
<wsse:BinarySecurityToken wsu:Id="id-bst" ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3" EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary">CERTIFICATE</wsse:BinarySecurityToken>
<wsu:Timestamp wsu:Id="id-ts"><wsu:Created>CREATED</wsu:Created><wsu:Expires>EXPIRES</wsu:Expires></wsu:Timestamp>
</wsse:Security>
</soap:Header>
<soap:Body wsu:Id="id-body">
<t:RequestSecurityToken xmlns:t="http://docs.oasis-open.org/ws-sx/ws-trust/200512" Context="urn:uuid:our-context">
<t:TokenType>http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0</t:TokenType>
<t:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</t:RequestType>
<p:AppliesTo xmlns:p="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference><wsa:Address>http://ehealth.sundhed.dk/service/CareGateway/1</wsa:Address></wsa:EndpointReference></p:AppliesTo>
<t:Claims Dialect="http://docs.oasis-open.org/wsfed/authorization/200706/authclaims"><auth:ClaimType xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706" Uri="dk:gov:saml:attribute:CvrNumberIdentifier" Optional="false"><auth:Value>29189846</auth:Value></auth:ClaimType></t:Claims>
<t:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey</t:KeyType>
<t:UseKey><s:BinarySecurityToken xmlns:s="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3" EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary">USED</s:BinarySecurityToken></t:UseKey>
</t:RequestSecurityToken>
</soap:Body>
</soap:Envelope>`

// rst is one request, made wrong by a test.
type rst struct {
	swap             []string // old, new, old, new ...: in the unsigned text
	skip             []string // ids of parts that are not signed
	key, certificate string   // names before -key.pem and -cert.pem; "": klg
	used             string   // of UseKey
	from, until      time.Duration
	digest, method   string // algorithms
	c14n, transform  string
	prefixes         string // InclusiveNamespaces
	message          string // MessageID, "": a new one
	then             func(*etree.Document)
	after            []string // as swap, in the signed text
}

func replaced(t *testing.T, text string, pairs []string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%q is not in the message", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// leaf is a certificate of the sandbox's folder.
func leaf(b *box, name string) []byte {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.Dir(), or(name, "klg")+"-cert.pem"))
	if err != nil {
		b.t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	return block.Bytes
}

func (m rst) text(b *box, now time.Time) string {
	b.t.Helper()
	if m.until == 0 {
		m.until = m.from + 5*time.Minute
	}
	at := func(d time.Duration) string { return now.Add(d).UTC().Format("2006-01-02T15:04:05Z") }
	base := base64.StdEncoding.EncodeToString
	certificate := leaf(b, m.certificate)
	used := certificate
	if m.used != "" {
		used = leaf(b, m.used)
	}
	text := replaced(b.t, unsignedRST, m.swap)
	text = strings.NewReplacer("MESSAGE", or(m.message, jti()), "CERTIFICATE", base(certificate), "USED", base(used),
		"CREATED", at(m.from), "EXPIRES", at(m.until)).Replace(text)
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		b.t.Fatal(err)
	}
	if security := doc.FindElement("//Header/Security"); security != nil {
		m.sign(b, doc, security)
	}
	if m.then != nil {
		m.then(doc)
	}
	out, err := doc.WriteToString()
	if err != nil {
		b.t.Fatal(err)
	}
	return replaced(b.t, out, m.after)
}

// canonicalForm is by goxmldsig; list is a PrefixList.
func canonicalForm(t *testing.T, e *etree.Element, list string) []byte {
	t.Helper()
	scope, err := etreeutils.NSBuildParentContext(e)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := etreeutils.NSDetatch(scope, e)
	if err != nil {
		t.Fatal(err)
	}
	form, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(list).Canonicalize(copied)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func (m rst) sign(b *box, doc *etree.Document, security *etree.Element) {
	b.t.Helper()
	signature := security.CreateElement("ds:Signature")
	signature.CreateAttr("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#")
	info := signature.CreateElement("ds:SignedInfo")
	algorithm := func(to *etree.Element, tag, name string) *etree.Element {
		e := to.CreateElement(tag)
		e.CreateAttr("Algorithm", name)
		return e
	}
	algorithm(info, "ds:CanonicalizationMethod", or(m.c14n, excC14N))
	algorithm(info, "ds:SignatureMethod", or(m.method, rsaSHA256))
	for _, id := range []string{"id-body", "id-ts", "id-bst", "id-action", "id-id", "id-to", "id-reply", "id-more"} {
		part := doc.FindElement("//[@Id='" + id + "']")
		if part == nil || slices.Contains(m.skip, id) {
			continue
		}
		reference := info.CreateElement("ds:Reference")
		reference.CreateAttr("URI", "#"+id)
		transform := algorithm(reference.CreateElement("ds:Transforms"), "ds:Transform", or(m.transform, excC14N))
		if m.prefixes != "" {
			inclusive := transform.CreateElement("ec:InclusiveNamespaces")
			inclusive.CreateAttr("xmlns:ec", excC14N)
			inclusive.CreateAttr("PrefixList", m.prefixes)
		}
		algorithm(reference, "ds:DigestMethod", or(m.digest, sha256Name))
		form := canonicalForm(b.t, part, m.prefixes)
		sum, old := sha256.Sum256(form), sha1.Sum(form)
		digest := sum[:]
		if m.digest == sha1Name {
			digest = old[:]
		}
		reference.CreateElement("ds:DigestValue").SetText(base64.StdEncoding.EncodeToString(digest))
	}
	form := canonicalForm(b.t, info, "")
	hash := crypto.SHA256
	if m.method == rsaSHA1 {
		hash = crypto.SHA1
	}
	h := hash.New()
	h.Write(form)
	value, err := b.key(or(m.key, "klg")+"-key.pem").Signer.Sign(rand.Reader, h.Sum(nil), hash)
	if err != nil {
		b.t.Fatal(err)
	}
	signature.CreateElement("ds:SignatureValue").SetText(base64.StdEncoding.EncodeToString(value))
	named := signature.CreateElement("ds:KeyInfo").CreateElement("wsse:SecurityTokenReference").CreateElement("wsse:Reference")
	named.CreateAttr("URI", "#id-bst")
	named.CreateAttr("ValueType", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3")
}

// issuer is a sandbox whose log is read.
type issuer struct {
	*box
	mu  sync.Mutex
	log bytes.Buffer
	now time.Time
}

// Write is the sandbox's log.
func (s *issuer) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(line)
}

func (s *issuer) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.log.Reset()
	return s.log.String()
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	s := &issuer{now: time.Now()}
	box_, err := sandbox.Start(t.Context(), sandbox.Options{Now: func() time.Time { return s.now }, Rand: rand.Reader, Log: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box_.Close)
	s.box = &box{box_, t}
	return s
}

func (s *issuer) post(text string) reply {
	s.t.Helper()
	return s.send("POST", stsURL, map[string]string{"Content-Type": soapContent}, text)
}

func (s *issuer) ask(m rst) reply {
	s.t.Helper()
	return s.post(m.text(s.box, s.now))
}

// issued is the envelope of a good answer.
func (s *issuer) issued(m rst) (*etree.Document, string) {
	s.t.Helper()
	r := s.ask(m)
	doc := etree.NewDocument()
	if err := doc.ReadFromString(r.raw); r.status != 200 || err != nil || r.header.Get("Content-Type") != soapContent {
		s.t.Fatalf("%d %v %s\n%s", r.status, err, r.raw, s.said())
	}
	return doc, r.raw
}
