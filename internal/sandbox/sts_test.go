package sandbox_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
)

func child(e *etree.Element, path string) string {
	if found := e.FindElements(path); len(found) == 1 {
		return found[0].Text()
	}
	return ""
}

// The answer has what KOMBIT's has, and is signed by the key whose certificate can be pinned.
func TestSTSIssues(t *testing.T) {
	s := newIssuer(t)
	doc, raw := s.issued(rst{message: "m-1"})
	root := doc.Root()
	response := root.FindElement("./Body/RequestSecurityTokenResponseCollection/RequestSecurityTokenResponse")
	if response == nil || response.SelectAttrValue("Context", "") != "urn:uuid:our-context" || child(root, "./Header/RelatesTo") != "urn:uuid:m-1" ||
		child(root, "./Header/Action") != "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal" ||
		child(response, "./AppliesTo/EndpointReference/Address") != careGateway || len(response.FindElements("./RequestedSecurityToken/Assertion")) != 1 ||
		child(response, "./RequestedAttachedReference/SecurityTokenReference/KeyIdentifier") != response.FindElement("//Assertion").SelectAttrValue("ID", "-") ||
		!strings.HasSuffix(child(response, "./TokenType"), "#SAMLV2.0") || !strings.HasSuffix(child(response, "./KeyType"), "/PublicKey") {
		t.Errorf("the answer is not KOMBIT's: %s", raw)
	}
	from, _ := time.Parse(time.RFC3339, child(response, "./Lifetime/Created"))
	until, _ := time.Parse(time.RFC3339, child(response, "./Lifetime/Expires"))
	if until.Sub(from) != 8*time.Hour {
		t.Errorf("it is good for %v", until.Sub(from))
	}
	privileges, err := base64.StdEncoding.DecodeString(child(response, "//Attribute[@Name='dk:gov:saml:attribute:Privileges_intermediate']/AttributeValue"))
	if err != nil || !strings.Contains(string(privileges), "cvrNumberIdentifier:29189846") {
		t.Errorf("the privileges: %v %s", err, privileges)
	}
	answerSigned(s, doc)
	counts := s.must(s.get("/_sandbox/requests", nil)).json["steps"].(map[string]any)
	if counts["klg-issue"] != 1.0 || s.get("/_sandbox/requests?step=klg-issue", nil).raw != "1\n" {
		t.Errorf("counted: %v", counts)
	}
}

// answerSigned: Body, Action, RelatesTo and Timestamp, under the STS's certificate.
func answerSigned(s *issuer, doc *etree.Document) {
	s.t.Helper()
	block, _ := pem.Decode([]byte(s.get("/klg/sts/certificate", nil).raw))
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	signature := doc.FindElement("/Envelope/Header/Security/Signature")
	value, _ := base64.StdEncoding.DecodeString(child(signature, "./SignatureValue"))
	sum := sha256.Sum256(canonicalForm(s.t, signature.FindElement("./SignedInfo"), ""))
	if err := rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], value); err != nil {
		s.t.Error(err)
	}
	covered := ""
	for _, reference := range signature.FindElements("./SignedInfo/Reference") {
		part := doc.FindElement("//[@Id='" + strings.TrimPrefix(reference.SelectAttrValue("URI", ""), "#") + "']")
		sum := sha256.Sum256(canonicalForm(s.t, part, ""))
		if child(reference, "./DigestValue") != base64.StdEncoding.EncodeToString(sum[:]) {
			s.t.Errorf("the digest of %s", part.Tag)
		}
		covered += part.Tag + " "
	}
	if covered != "Action RelatesTo Timestamp Body " || child(signature, "./KeyInfo/SecurityTokenReference/KeyIdentifier") != base64.StdEncoding.EncodeToString(certificate.SubjectKeyId) {
		s.t.Errorf("signed are %s", covered)
	}
}

// What clients of the field write differently is taken.
func TestSTSTakes(t *testing.T) {
	s := newIssuer(t)
	for name, m := range map[string]rst{
		"true":             {swap: []string{`mustUnderstand="1"`, `mustUnderstand="true"`}},
		"no ReplyTo":       {swap: []string{`<wsa:ReplyTo wsu:Id="id-reply"><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo>`, ""}},
		"a PrefixList":     {prefixes: "soap wsa"},
		"a slow clock":     {from: -4 * time.Minute},
		"a fast clock":     {from: 50 * time.Second},
		"another header":   {swap: []string{"<wsa:To", `<x:Other xmlns:x="urn:x" wsu:Id="id-more"/><wsa:To`}},
		"another CVR":      {swap: []string{"29189846", "29189854"}},
		"no Context":       {swap: []string{` Context="urn:uuid:our-context"`, ""}},
		"spaces around it": {swap: []string{">29189846<", ">\n 29189846 <"}},
	} {
		t.Run(name, func(t *testing.T) {
			if r := s.ask(m); r.status != http.StatusOK {
				t.Errorf("%d %s %s", r.status, r.raw, s.said())
			}
		})
	}
}

// An asked-for lifetime is given from a minute to eight hours, else the STS's own.
func TestSTSLifetime(t *testing.T) {
	s := newIssuer(t)
	for asked, want := range map[string]string{"10:05:00": "5m0s", "10:00:30": "8h0m0s", "23:00:00": "8h0m0s"} {
		doc, _ := s.issued(rst{swap: []string{
			"</t:RequestSecurityToken>",
			"<t:Lifetime><wsu:Created>2026-01-01T10:00:00Z</wsu:Created><wsu:Expires>2026-01-01T" + asked + "Z</wsu:Expires></t:Lifetime></t:RequestSecurityToken>",
		}})
		conditions := doc.FindElement("//Assertion/Conditions")
		until, err := time.Parse(time.RFC3339, conditions.SelectAttrValue("NotOnOrAfter", ""))
		if got := until.Sub(s.now).Round(time.Second).String(); err != nil || got != want {
			t.Errorf("%s: %s, want %s", asked, got, want)
		}
	}
}

// fault is the innermost code and the text of a SOAP 1.2 fault.
func faultOf(t *testing.T, r reply) (code, text string) {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(r.raw); err != nil || r.header.Get("Content-Type") != soapContent {
		t.Fatalf("%d %v: %.300s", r.status, err, r.raw)
	}
	f := doc.FindElement("/Envelope/Body/Fault")
	if f == nil || r.status != http.StatusInternalServerError {
		t.Fatalf("no fault: %d %s", r.status, r.raw)
	}
	if code = child(f, "./Code/Subcode/Value"); code == "" {
		code = child(f, "./Code/Value")
	}
	return code, child(f, "./Reason/Text")
}

func moved(newID string, to func(*etree.Document) *etree.Element) func(*etree.Document) {
	return func(doc *etree.Document) {
		body := doc.FindElement("/Envelope/Body")
		forged := body.Copy()
		forged.CreateAttr("wsu:Id", newID)
		forged.FindElement("//Value").SetText("29189854")
		doc.Root().AddChild(forged)
		to(doc).AddChild(body)
	}
}

func intoHeader(doc *etree.Document) *etree.Element {
	wrapper := doc.FindElement("/Envelope/Header").CreateElement("x:Wrapper")
	wrapper.CreateAttr("xmlns:x", "urn:x")
	wrapper.CreateAttr("wsu:Id", "id-wrapper")
	return wrapper
}

func intoSignature(doc *etree.Document) *etree.Element {
	return doc.FindElement("//Signature").CreateElement("ds:Object")
}

// Each check of the verifier has a message that is wrong in that alone. says is what
// only the log tells where the code is InvalidSecurity.
func TestSTSRefuses(t *testing.T) {
	s := newIssuer(t)
	const insecure = "wsse:InvalidSecurity"
	claim := unsignedRST[strings.Index(unsignedRST, "<auth:ClaimType") : strings.Index(unsignedRST, "</auth:ClaimType>")+len("</auth:ClaimType>")]
	used := unsignedRST[strings.Index(unsignedRST, "<s:BinarySecurityToken"):strings.Index(unsignedRST, "</t:UseKey>")]
	token := unsignedRST[strings.Index(unsignedRST, "<wsse:BinarySecurityToken") : strings.Index(unsignedRST, "</wsse:BinarySecurityToken>")+len("</wsse:BinarySecurityToken>")]
	request := unsignedRST[strings.Index(unsignedRST, "<t:RequestSecurityToken"):strings.Index(unsignedRST, "\n</soap:Body>")]
	for name, tt := range map[string]struct {
		m          rst
		code, says string
	}{
		"a DTD":                     {rst{after: []string{"<soap:Envelope ", "<!DOCTYPE x><soap:Envelope "}}, "103", "DTD"},
		"cut off":                   {rst{after: []string{"</soap:Envelope>", ""}}, "103", "well-formed"},
		"two roots":                 {rst{after: []string{"</soap:Envelope>", "</soap:Envelope><x/>"}}, "103", "not one element"},
		"an attribute twice":        {rst{after: []string{`<wsa:To `, `<wsa:To a="1" a="2" `}}, "103", "well-formed"},
		"Latin-1":                   {rst{after: []string{`encoding="UTF-8"`, `encoding="ISO-8859-1"`}}, "103", "well-formed"},
		"no envelope":               {rst{after: []string{"soap:Envelope", "soap:Letter"}}, "103", "no envelope"},
		"SOAP 1.1":                  {rst{swap: []string{"http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"}}, "soap:VersionMismatch", "SOAP 1.2"},
		"two bodies":                {rst{after: []string{"</soap:Envelope>", "<soap:Body/></soap:Envelope>"}}, "103", "one Header and one Body"},
		"something beside":          {rst{after: []string{"</soap:Envelope>", "<x/></soap:Envelope>"}}, "103", "one Header and one Body"},
		"no Security":               {rst{after: []string{"wsse:Security ", "wsse:Safety ", "</wsse:Security>", "</wsse:Safety>"}}, insecure, "not one Security header"},
		"two Securities":            {rst{after: []string{"</soap:Header>", `<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/></soap:Header>`}}, insecure, "not one Security header"},
		"no mustUnderstand":         {rst{swap: []string{` soap:mustUnderstand="1"`, ""}}, insecure, "need not be understood"},
		"mustUnderstand 0":          {rst{swap: []string{`mustUnderstand="1"`, `mustUnderstand="0"`}}, insecure, "need not be understood"},
		"mustUnderstand of nobody":  {rst{swap: []string{`soap:mustUnderstand="1"`, `mustUnderstand="1"`}}, insecure, "need not be understood"},
		"no Timestamp":              {rst{swap: []string{`<wsu:Timestamp wsu:Id="id-ts"><wsu:Created>CREATED</wsu:Created><wsu:Expires>EXPIRES</wsu:Expires></wsu:Timestamp>`, ""}}, insecure, "Security is not"},
		"another for the Timestamp": {rst{swap: []string{`<wsu:Timestamp wsu:Id="id-ts"><wsu:Created>CREATED</wsu:Created><wsu:Expires>EXPIRES</wsu:Expires></wsu:Timestamp>`, "<x/>"}}, insecure, "Security is not"},
		"another for the token":     {rst{swap: []string{token, "<x/>"}}, insecure, "Security is not"},
		"two Timestamps":            {rst{swap: []string{`<wsu:Timestamp `, `<wsu:Timestamp/><wsu:Timestamp `}}, insecure, "Security is not"},
		"signature first": {rst{then: func(doc *etree.Document) {
			security := doc.FindElement("//Header/Security")
			security.InsertChildAt(0, security.SelectElement("Signature"))
		}}, insecure, "Security is not"},
		"something behind":      {rst{then: func(doc *etree.Document) { doc.FindElement("//Header/Security").CreateElement("x") }}, insecure, "Security is not"},
		"another action":        {rst{swap: []string{"/RST/Issue", "/RST/Renew"}}, "wsa:ActionNotSupported", ""},
		"two actions":           {rst{swap: []string{"<wsa:To", `<wsa:Action wsu:Id="id-more">http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue</wsa:Action><wsa:To`}}, "wsa:ActionNotSupported", ""},
		"no MessageID":          {rst{swap: []string{`<wsa:MessageID wsu:Id="id-id">urn:uuid:MESSAGE</wsa:MessageID>`, ""}}, "wsa:MessageAddressingHeaderRequired", ""},
		"no To":                 {rst{swap: []string{`<wsa:To wsu:Id="id-to">https://sts.example/issue</wsa:To>`, ""}}, "wsa:MessageAddressingHeaderRequired", ""},
		"ReplyTo elsewhere":     {rst{swap: []string{"/addressing/anonymous", "/addressing/none"}}, "wsa:OnlyAnonymousAddressSupported", ""},
		"from the future":       {rst{from: 62 * time.Second}, insecure, "future"},
		"expired":               {rst{from: -5 * time.Minute}, insecure, "expired"},
		"good for too long":     {rst{until: 5*time.Minute + time.Second}, insecure, "too long"},
		"Created no time":       {rst{swap: []string{"CREATED", "now"}}, insecure, "Created"},
		"Expires no time":       {rst{swap: []string{"EXPIRES", "later"}}, insecure, "Expires"},
		"another certificate":   {rst{certificate: "ardengem", key: "ardengem"}, "5607", "No mapped user exists for thumbprint '"},
		"another ValueType":     {rst{swap: []string{"#X509v3", "#X509PKIPathv1"}}, insecure, "X509v3"},
		"another EncodingType":  {rst{swap: []string{"#Base64Binary", "#HexBinary"}}, insecure, "X509v3"},
		"no base64":             {rst{swap: []string{">CERTIFICATE<", ">*<"}}, insecure, "X509v3"},
		"no certificate":        {rst{swap: []string{">CERTIFICATE<", ">eHh4<"}}, insecure, "no certificate"},
		"no Id":                 {rst{swap: []string{` wsu:Id="id-to"`, ""}}, insecure, "To has no Id"},
		"an Id without wsu":     {rst{swap: []string{`wsu:Id="id-to"`, `Id="id-to"`}}, insecure, "To has no Id"},
		"one Id for two":        {rst{after: []string{`wsu:Id="id-reply"`, `wsu:Id="id-to"`}}, insecure, "no Id of its own"},
		"an Id twice":           {rst{after: []string{"<t:RequestSecurityToken ", `<t:RequestSecurityToken xml:id="id-body" `}}, insecure, "the Id id-body stands twice"},
		"Action unsigned":       {rst{skip: []string{"id-action"}}, insecure, "Action is not signed"},
		"MessageID unsigned":    {rst{skip: []string{"id-id"}}, insecure, "MessageID is not signed"},
		"To unsigned":           {rst{skip: []string{"id-to"}}, insecure, "To is not signed"},
		"ReplyTo unsigned":      {rst{skip: []string{"id-reply"}}, insecure, "ReplyTo is not signed"},
		"Timestamp unsigned":    {rst{skip: []string{"id-ts"}}, insecure, "Timestamp is not signed"},
		"token unsigned":        {rst{skip: []string{"id-bst"}}, insecure, "BinarySecurityToken is not signed"},
		"Body unsigned":         {rst{skip: []string{"id-body"}}, insecure, "Body is not signed"},
		"a header unsigned":     {rst{swap: []string{"<wsa:To", `<x:Other xmlns:x="urn:x" wsu:Id="id-x"/><wsa:To`}}, insecure, "Other is not signed"},
		"a changed Body":        {rst{after: []string{"29189846", "29189854"}}, insecure, "the reference to id-body"},
		"a changed To":          {rst{after: []string{"sts.example", "evil.example"}}, insecure, "the reference to id-to"},
		"moved, same Id":        {rst{then: moved("id-body", intoHeader)}, insecure, "stands twice"},
		"moved, another Id":     {rst{then: moved("id-new", intoHeader)}, insecure, "the reference to id-body"},
		"in Object, same Id":    {rst{then: moved("id-body", intoSignature)}, insecure, "stands twice"},
		"in Object, another Id": {rst{then: moved("id-new", intoSignature)}, insecure, "the reference to id-body"},
		"SHA-1 digests":         {rst{digest: sha1Name}, insecure, "the reference to id-body"},
		"digests by name":       {rst{after: []string{sha256Name, "http://www.w3.org/2001/04/xmlenc#sha512"}}, insecure, "the reference to id-body"},
		"SHA-1 signature":       {rst{method: rsaSHA1}, insecure, "rsa-sha256"},
		"inclusive SignedInfo":  {rst{c14n: incC14N}, insecure, "exc-c14n"},
		"inclusive parts":       {rst{transform: incC14N}, insecure, "the reference to id-body"},
		"two transforms":        {rst{then: func(doc *etree.Document) { doc.FindElement("//Transforms").CreateElement("ds:Other") }}, insecure, "the reference to id-body"},
		"a reference abroad":    {rst{after: []string{`Reference URI="#id-to"`, `Reference URI="id-to"`}}, insecure, "the reference to id-to"},
		"another KeyInfo":       {rst{after: []string{`<wsse:Reference URI="#id-bst"`, `<wsse:Reference URI="#id-ts"`}}, insecure, "KeyInfo"},
		"KeyInfo of a chain":    {rst{after: []string{`<wsse:Reference URI="#id-bst" ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"`, `<wsse:Reference URI="#id-bst"`}}, insecure, "KeyInfo"},
		"a foreign key":         {rst{key: "ardengem"}, insecure, "does not validate"},
		"another value":         {rst{then: func(doc *etree.Document) { doc.FindElement("//SignatureValue").SetText("AAAA") }}, insecure, "does not validate"},
		"two requests":          {rst{swap: []string{request, request + request}}, "103", "one RequestSecurityToken"},
		"something else too":    {rst{swap: []string{request, request + "<x/>"}}, "103", "one RequestSecurityToken"},
		"another request":       {rst{swap: []string{"200512/Issue<", "200512/Validate<"}}, "wst:InvalidRequest", "RequestType"},
		"SAML 1.1":              {rst{swap: []string{"#SAMLV2.0", "#SAMLV1.1"}}, "wst:InvalidRequest", "TokenType"},
		"for a bearer":          {rst{swap: []string{"200512/PublicKey", "200512/Bearer"}}, "wst:InvalidRequest", "KeyType"},
		"no UseKey":             {rst{swap: []string{used, ""}}, "wst:InvalidRequest", "UseKey"},
		"UseKey twice":          {rst{swap: []string{used, used + "<x/>"}}, "wst:InvalidRequest", "UseKey"},
		"UseKey X509Data":       {rst{swap: []string{used, `<X509Data xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Certificate>USED</X509Certificate></X509Data>`}}, "wst:InvalidRequest", "UseKey"},
		"UseKey of another":     {rst{used: "ardengem"}, "wst:InvalidRequest", "not the certificate that signed"},
		"no AppliesTo":          {rst{swap: []string{"<wsa:Address>" + careGateway + "</wsa:Address>", ""}}, "5002", "no connection ''"},
		"another service":       {rst{swap: []string{"CareGateway/1<", "CareGateway/2<"}}, "5002", "no connection 'http://ehealth.sundhed.dk/service/CareGateway/2'"},
		"a slash more":          {rst{swap: []string{"CareGateway/1<", "CareGateway/1/<"}}, "5002", "CareGateway/1/'"},
		"no claim":              {rst{swap: []string{claim, ""}}, "5015", "CVR"},
		"two claims":            {rst{swap: []string{claim, claim + claim}}, "5015", "CVR"},
		"a claim and more":      {rst{swap: []string{claim, claim + "<x/>"}}, "5015", "CVR"},
		"another dialect":       {rst{swap: []string{"200706/authclaims", "200706/other"}}, "5015", "CVR"},
		"another claim":         {rst{swap: []string{"CvrNumberIdentifier", "CprNumberIdentifier"}}, "5015", "CVR"},
		"seven digits":          {rst{swap: []string{"29189846", "2918984"}}, "5015", "CVR"},
		"nine digits":           {rst{swap: []string{"29189846", "291898466"}}, "5015", "CVR"},
		"no agreement":          {rst{swap: []string{"29189846", "29189862"}}, "101", "29189862"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.ask(tt.m)
			code, text := faultOf(t, r)
			log := s.said()
			if code != tt.code || !strings.Contains(log, tt.says) {
				t.Errorf("%s %q, want %s %q: %s", code, text, tt.code, tt.says, log)
			}
			if code == insecure && (text != "The security of the message could not be verified") {
				t.Errorf("an attacker learns %q", text)
			}
		})
	}
}

func TestSTSReplay(t *testing.T) {
	s := newIssuer(t)
	text := rst{message: "once"}.text(s.box, s.now)
	if r := s.post(text); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	for _, again := range []string{text, rst{message: "once", from: time.Second}.text(s.box, s.now)} {
		if code, _ := faultOf(t, s.post(again)); code != "wsse:InvalidSecurity" || !strings.Contains(s.said(), "came before") {
			t.Errorf("a replay: %s", code)
		}
	}
	for _, away := range []time.Duration{2 * 365 * 24 * time.Hour, -3 * 365 * 24 * time.Hour} {
		s.now = s.now.Add(away)
		if code, _ := faultOf(t, s.ask(rst{})); code != "wsse:InvalidSecurity" || !strings.Contains(s.said(), "not in its time") {
			t.Errorf("%v away from the certificate: %s", away, code)
		}
	}
}

func TestSTSContentType(t *testing.T) {
	s := newIssuer(t)
	text := rst{}.text(s.box, s.now)
	for _, kind := range []string{
		"", "text/xml; charset=utf-8", "application/xml; charset=utf-8", "application/soap+xml", "application/soap+xml; charset=iso-8859-1",
		`application/soap+xml; charset=utf-8; action="http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"`,
	} {
		if r := s.send(http.MethodPost, stsURL, map[string]string{"Content-Type": kind}, text); r.status != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %d", kind, r.status)
		}
	}
	if r := s.post(text); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if code, _ := faultOf(t, s.post(text+strings.Repeat(" ", 1<<18))); code != "103" {
		t.Errorf("too large: %s", code)
	}
}

// cut is the assertion as it stands in the answer.
func cut(raw string) string {
	return raw[strings.Index(raw, "<Assertion") : strings.Index(raw, "</Assertion>")+len("</Assertion>")]
}

// swapped is the exchange of an assertion.
func swapped(b *box, assertion string) reply {
	b.t.Helper()
	return exchanged(b, "subject_token", base64.RawURLEncoding.EncodeToString([]byte(assertion)))
}

// The realm takes what either endpoint issues, and its token says for whom.
func TestSTSToGateway(t *testing.T) {
	s := newIssuer(t)
	for _, number := range []string{"29189846", "29189854"} {
		_, raw := s.issued(rst{swap: []string{"29189846", number}})
		me := s.must(s.get("/klg/api/me", s.must(swapped(s.box, cut(raw))).bearer()))
		if me.json["claims"].(map[string]any)["cvr"] != number {
			t.Errorf("%s: %s", number, me.raw)
		}
	}
	if n := s.get("/_sandbox/requests?step=klg-exchange", nil).raw; n != "2\n" {
		t.Errorf("%s exchanges", n)
	}
	_, raw := s.issued(rst{})
	s.fault("klg-invalid-token=1")
	refused(t, swapped(s.box, cut(raw)), http.StatusBadRequest, "invalid_token", "not accepted any more")
	s.must(swapped(s.box, cut(raw)))
}

// What the faults change in what is issued.
func TestSTSFaults(t *testing.T) {
	s := newIssuer(t)
	at := func(raw, path string) string {
		doc := etree.NewDocument()
		if err := doc.ReadFromString(raw); err != nil {
			t.Fatal(err)
		}
		return child(doc.Root(), path)
	}
	const response = "./Body/RequestSecurityTokenResponseCollection/RequestSecurityTokenResponse/RequestedSecurityToken"
	for fault, tt := range map[string]struct {
		wrong func(reply) bool
		realm string // what it says of the assertion, "" for nothing wrong
	}{
		"sts-503":                 {func(r reply) bool { return r.status == 503 && strings.Contains(r.raw, "<html>") }, "-"},
		"sts-html":                {func(r reply) bool { return r.status == 200 && strings.Contains(r.raw, "<html>") }, "-"},
		"sts-fault-other":         {func(r reply) bool { code, _ := faultOf(t, r); return code == "5999" }, "-"},
		"sts-no-agreement":        {func(r reply) bool { code, _ := faultOf(t, r); return code == "101" }, "-"},
		"sts-unknown-certificate": {func(r reply) bool { code, _ := faultOf(t, r); return code == "5607" }, "-"},
		"sts-clock": {func(r reply) bool {
			code, _ := faultOf(t, r)
			date, err := http.ParseTime(r.header.Get("Date"))
			return code == "wsse:InvalidSecurity" && err == nil && date.Sub(s.now).Round(time.Minute) == time.Hour
		}, "-"},
		"sts-crlf": {func(r reply) bool { return strings.Contains(cut(r.raw), "&#13;\n") }, ""},
		"sts-encrypted": {func(r reply) bool {
			return !strings.Contains(r.raw, "<Assertion") && at(r.raw, response+"/EncryptedAssertion/EncryptedData/CipherData/CipherValue") != ""
		}, "-"},
		"sts-two-assertions":       {func(r reply) bool { return strings.Count(r.raw, "<Assertion") == 2 }, ""},
		"sts-other-holder":         {func(r reply) bool { return r.status == 200 }, "holder-of-key"},
		"sts-other-audience":       {func(r reply) bool { return at(r.raw, response+"//Audience") == "http://other.example/service" }, "audience"},
		"sts-other-cvr":            {func(r reply) bool { return strings.Contains(r.raw, ">11111111<") }, ""},
		"sts-other-relates":        {func(r reply) bool { return at(r.raw, "./Header/RelatesTo") != "urn:uuid:m-sts-other-relates" }, ""},
		"sts-inherited-namespaces": {func(r reply) bool { return strings.Contains(r.raw, "<Assertion ID=") }, "not a SAML 2.0 assertion"},
		"sts-short-lived": {func(r reply) bool {
			return at(r.raw, "./Body/RequestSecurityTokenResponseCollection/RequestSecurityTokenResponse/Lifetime/Expires") == s.now.Add(30*time.Second).UTC().Format("2006-01-02T15:04:05.000Z")
		}, ""},
	} {
		t.Run(fault, func(t *testing.T) {
			s.fault(fault + "=1")
			r := s.ask(rst{message: "m-" + fault})
			if !tt.wrong(r) {
				t.Fatalf("%d %v %s", r.status, r.header, r.raw)
			}
			if tt.realm != "-" {
				got := swapped(s.box, cut(r.raw))
				if says := got.text("error_description"); (got.status == 200) != (tt.realm == "") || !strings.Contains(says, tt.realm) {
					t.Errorf("the realm: %d %s", got.status, got.raw)
				}
			}
			s.issued(rst{}) // its one time is over
		})
	}
}

// An assertion that leans on its envelope is good once the declarations came with it.
func TestSTSInherited(t *testing.T) {
	s := newIssuer(t)
	s.fault("sts-inherited-namespaces=1")
	doc, raw := s.issued(rst{})
	answerSigned(s, doc)
	whole := strings.Replace(cut(raw), "<Assertion ", `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:a="http://www.w3.org/2001/XMLSchema-instance" `, 1)
	s.must(swapped(s.box, whole))
}
