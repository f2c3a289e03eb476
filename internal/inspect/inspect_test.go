package inspect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/shown"
)

var zone = time.FixedZone("CET", 3600)

// now is a fixed moment on a person's clock in Copenhagen.
var now = time.Date(2026, 3, 1, 13, 0, 0, 0, zone)

func enc(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func token(claims string) string { return enc(`{"alg":"none"}`) + "." + enc(claims) + "." }

func read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil || len(data) == 0 {
		t.Fatalf("testdata %s: %v", name, err)
	}
	return string(data)
}

func look(t testing.TB, token string) Report {
	t.Helper()
	r, err := Look(token)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestKinds(t *testing.T) {
	jwe := enc(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + ".a.b.c.d"
	for text, want := range map[string]Kind{
		token(`{}`): JWT,
		enc(`{"alg":"x"}`) + "." + enc("text") + ".": JWS,
		jwe:                                   JWE,
		strings.Repeat("0123456789abcdef", 6): Opaque,
		"a.b.c":                               Opaque,
		"v4.local.abc":                        Opaque,
		"<Assertion xmlns='urn:oasis:names:tc:SAML:2.0:assertion'/>": SAML,
	} {
		if got := look(t, text).Kind; got != want {
			t.Errorf("%.40s is %s, want %s", text, got, want)
		}
	}
	good := token(`{}`)
	for name, text := range map[string]string{"no signature part": good[:len(good)-1], "cut header": good[:9] + ".e30.", "duplicate": enc(`{"alg":"x","alg":"y"}`) + "..", "html": "<html/>", "binary": "abc\x00def", "no ascii": "tökenö"} {
		if r, err := Look(text); err == nil {
			t.Errorf("%s is %s", name, r.Kind)
		}
	}
}

func TestText(t *testing.T) {
	claims := `{"x":{"y":[1,2]},"exp":1772366640,"iat":1772366400,"scope":"openid  profile","aud":["a","b"],"iss":"joe","n":1.10,"jti":"j"}`
	want := `Unsigned JWT, UNVERIFIED

Header
  alg           none

Claims
  iss           joe
  aud           a
                b
  scope         openid
                profile
  iat           2026-03-01 13:00:00 CET (now)
  exp           2026-03-01 13:04:00 CET (in 4 min)
  jti           j
  x             {
                  "y": [
                    1,
                    2
                  ]
                }
  n             1.10
`
	if got := look(t, token(claims)).Text(View{Now: now}); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestRelative(t *testing.T) {
	for offset, want := range map[time.Duration]string{
		0: "now", 400 * time.Millisecond: "now", 5 * time.Second: "in 5 s", 4 * time.Minute: "in 4 min", 90 * time.Minute: "in 1 h",
		-3 * time.Hour: "3 h ago", -5 * 24 * time.Hour: "5 days ago", 3 * 365 * 24 * time.Hour: "in 3 years",
	} {
		if got := relative(now.Add(offset), now); got != want {
			t.Errorf("%s: %q, want %q", offset, got, want)
		}
	}
	expired := look(t, token(`{"exp":1772355600}`)).Text(View{Now: now})
	if !strings.Contains(expired, "10:00:00 CET (expired 3 h ago)") {
		t.Errorf("%s", expired)
	}
}

func TestColor(t *testing.T) {
	r := look(t, token(`{"exp":1}`))
	if strings.Contains(r.Text(View{Now: now}), "\x1b") {
		t.Error("colour where none was asked for")
	}
	if !strings.Contains(r.Text(View{Now: now, Screen: shown.Screen{Colour: true}}), "\x1b[31mUNVERIFIED\x1b[0m") {
		t.Error("no colour where it was asked for")
	}
}

// Whatever a token holds, nothing of it can drive a terminal or forge a line.
func TestHostileText(t *testing.T) {
	hostile := "\x1b[2J\u202e\u009b31m\nVERIFIED"
	claims, err := json.Marshal(map[string]any{hostile: hostile, "scope": hostile, "aud": []string{hostile}, "o": map[string]any{hostile: []any{hostile}}})
	if err != nil {
		t.Fatal(err)
	}
	header, err := json.Marshal(map[string]any{"alg": hostile, "kid": hostile})
	if err != nil {
		t.Fatal(err)
	}
	text := look(t, enc(string(header))+"."+enc(string(claims))+".").Text(View{Now: now})
	harmless(t, text)
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "VERIFIED") {
			t.Errorf("a forged line:\n%s", text)
		}
	}
	harmless(t, look(t, enc(`{"alg":"x"}`)+"."+enc("text "+hostile)+".").Text(View{Now: now}))
}

func harmless(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsAny(text, "\x1b\u202e\u009b\r\x00\x07\x08") {
		t.Errorf("it can drive a terminal: %q", text)
	}
}

func TestClaim(t *testing.T) {
	r := look(t, token(`{"a":{"b":"in"},"a.b.c":"dotted","n":1.10,"s":"x","https://ns/r":{"d.e":[1,2]},"z":null}`))
	for path, want := range map[string]string{
		"a.b": "in", "a.b.c": "dotted", "n": "1.10", "s": "x", "a": `{"b":"in"}`, "https://ns/r.d.e": "[1,2]", "z": "null",
	} {
		if got, ok := r.Claim(path); !ok || got != want {
			t.Errorf("%s: %q, %v", path, got, ok)
		}
	}
	for _, path := range []string{"", ".", "b", "a.", "a.c", "s.x", "a.b.d"} {
		if got, ok := r.Claim(path); ok {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestTokens(t *testing.T) {
	jwt := token(`{}`)
	response := `{"access_token":"opaque","id_token":"` + jwt + `","error":"no"}`
	xml := "<Assertion\n xmlns='urn:oasis:names:tc:SAML:2.0:assertion'/>"
	for name, c := range map[string]struct {
		in, selected string
		want         []string
	}{
		"one":         {jwt + "\n", "", []string{jwt}},
		"several":     {jwt + "\r\n\n" + "opaque\n", "", []string{jwt, "opaque"}},
		"header":      {"Authorization: Bearer " + jwt, "", []string{jwt}},
		"dpop header": {"authorization: DPoP " + jwt, "", []string{jwt}},
		"quoted":      {`"` + jwt + `"`, "", []string{jwt}},
		"utf-16":      {"\xff\xfea\x00b\x00c\x00\n\x00", "", []string{"abc"}},
		"bom":         {"\xef\xbb\xbf" + jwt, "", []string{jwt}},
		"response":    {response, "", []string{"opaque", jwt}},
		"id_token":    {response, "id_token", []string{jwt}},
		"only id":     {`{"id_token":"x"}`, "", []string{"x"}},
		"saml":        {xml, "", []string{xml}},
		"saml lines":  {base64.StdEncoding.EncodeToString([]byte(xml))[:20] + "\n" + base64.StdEncoding.EncodeToString([]byte(xml))[20:], "", nil},
	} {
		got, err := Tokens([]byte(c.in), c.selected)
		if c.want == nil {
			c.want = []string{c.in}
		}
		if err != nil || strings.Join(texts(got), "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, c := range map[string][2]string{
		"empty": {"", ""}, "blank": {" \n ", ""}, "not in it": {response, "refresh_token"}, "no response": {jwt, "id_token"},
		"broken": {"{", ""}, "error": {`{"error":"x"}`, ""}, "number": {`{"access_token":1}`, ""}, "too big": {strings.Repeat("a\n", MaxInput), ""},
		"a key": {"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", ""}, "an array": {`["` + jwt + `"]`, ""},
	} {
		if got, err := Tokens([]byte(c[0]), c[1]); err == nil {
			t.Errorf("%s: %.40q", name, got)
		}
	}
}

func texts(found []Found) []string {
	var all []string
	for _, f := range found {
		all = append(all, f.Text)
	}
	return all
}

func TestJSON(t *testing.T) {
	for name, c := range map[string]struct{ token, want string }{
		"jwt":      {token(`{"exp":1772366399,"b":1,"a":"<&>"}`), `{"kind":"jwt","verified":false,"header":{"alg":"none"},"claims":{"exp":1772366399,"b":1,"a":"<&>"},"expires_at":"2026-03-01T11:59:59Z","expired":true}`},
		"jws":      {enc(`{"alg":"x"}`) + "." + enc("té") + ".", `{"kind":"jws","verified":false,"header":{"alg":"x"},"payload":"té","unverifiable":"the signature is missing"}`},
		"binary":   {enc(`{"alg":"x"}`) + "." + enc("\xff") + ".", `{"kind":"jws","verified":false,"header":{"alg":"x"},"payload_base64":"/w==","unverifiable":"the signature is missing"}`},
		"opaque":   {"abc", `{"kind":"opaque","verified":false,"length":3}`},
		"no utf-8": {token("{\"a\":\"\xff\"}"), `{"kind":"jws","verified":false,"header":{"alg":"none"},"payload_base64":"eyJhIjoi/yJ9","notes":["the payload is no set of claims: not UTF-8, as JSON must be (RFC 8259 8.1)"]}`},
		"controls": {token("{\"a\u009b\":\"\u202e\u007f\u0085\U000e0001\u00e9\"}"), `{"kind":"jwt","verified":false,"header":{"alg":"none"},"claims":{"a\u009b":"\u202e\u007f\u0085\udb40\udc01é"}}`},
		"payload":  {token("a\u009bb"), `{"kind":"jws","verified":false,"header":{"alg":"none"},"payload":"a\u009bb"}`},
	} {
		got, err := look(t, c.token).JSON(now)
		if err != nil || string(got) != c.want+"\n" {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

func TestAssertion(t *testing.T) {
	r := look(t, read(t, "klg-subject-token.b64url"))
	text := r.Text(View{Now: now})
	for _, want := range []string{
		"SAML 2.0 assertion, UNVERIFIED", "Issuer        https://saml.adgangsstyring.eksterntest-stoettesystemerne.dk",
		"NotOnOrAfter  2021-12-08 20:48:08 CET (expired 4 years ago)",
		"signer        the issuer's own (STS), it signed the assertion",
		"holder-of-key the client's, to whom the assertion was given\n                kid rqjgLIDzVg8CYwfTYph00J4YLr6cXQVO7WXKtw7sY6w\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	line, err := r.JSON(now)
	var out struct {
		Kind      string
		Expired   bool
		Assertion struct {
			Issuer, Subject string
			Audience        []string
			Certificates    []struct{ Role, KID string }
		}
	}
	if err != nil || json.Unmarshal(line, &out) != nil || len(out.Assertion.Certificates) != 2 || !out.Expired ||
		out.Assertion.Certificates[1].KID != "rqjgLIDzVg8CYwfTYph00J4YLr6cXQVO7WXKtw7sY6w" || out.Assertion.Certificates[1].Role != "holder-of-key" {
		t.Errorf("%s, %v", line, err)
	}
}

// What an assertion came in is named, and what is inside, and the way to it.
func TestAssertionInAMessage(t *testing.T) {
	response, err := os.ReadFile("../saml/testdata/response-exclusive.xml")
	if err != nil {
		t.Fatal(err)
	}
	r := look(t, string(response))
	text := r.Text(View{Now: now})
	for _, want := range []string{
		"SAML Response, UNVERIFIED\n", "  root          Response\n", "  status        urn:oasis:names:tc:SAML:2.0:status:Success\n", "  inside        1 assertion\n",
		"--extract-assertion", "\nAssertion\n  Issuer        https://idp.example\n", "  AuthnContextClassRef urn:oasis:names:tc:SAML:2.0:ac:classes:X509\n",
		"  SessionNotOnOrAfter 2026-03-01 21:00:00 CET (in 8 h)\n", `  purpose = <PurposeOfUse xmlns="urn:hl7-org:v3" code="TREATMENT"/>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	line, err := r.JSON(now)
	for _, want := range []string{
		`"kind":"saml"`, `"document":{"root":"Response","assertions":1,"encrypted_assertions":0,"status":["urn:oasis:names:tc:SAML:2.0:status:Success"]}`,
		`"authn_context_class_ref":["urn:oasis:names:tc:SAML:2.0:ac:classes:X509"]`, `"session_not_on_or_after":"2026-03-01T20:00:00Z"`, `"values":["<PurposeOfUse xmlns=\"urn:hl7-org:v3\" code=\"TREATMENT\"/>"]`,
	} {
		if err != nil || !strings.Contains(string(line), want) {
			t.Errorf("%s is not in %s, %v", want, line, err)
		}
	}
	two := strings.Replace(string(response), "</saml2p:Response>", `<saml2:Assertion ID="b"/></saml2p:Response>`, 1)
	if r := look(t, two); r.Kind != SAMLDocument || !strings.Contains(r.Text(View{Now: now}), "  inside        2 assertions\n") {
		t.Errorf("%s:\n%s", r.Kind, r.Text(View{Now: now}))
	}
	odd := look(t, `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Conditions NotBefore="x"/></Assertion>`)
	if text := odd.Text(View{Now: now}); !strings.Contains(text, `  note          NotBefore of the SAML assertion is no time: "x"`) {
		t.Errorf("no note:\n%s", text)
	}
}

// A certificate whose key has no kid here costs one note, not the assertion.
func TestACertificateWithAnOddKeyIsANote(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "odd\u202e"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	r := look(t, `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Issuer>me</Issuer><Signature xmlns="http://www.w3.org/2000/09/xmldsig#">`+
		`<KeyInfo><X509Data><X509Certificate>`+base64.StdEncoding.EncodeToString(der)+`</X509Certificate></X509Data></KeyInfo></Signature></Assertion>`)
	text := r.Text(View{Now: now})
	if len(r.Notes) != 1 || !strings.Contains(text, "  note          the key in the signer certificate (CN=odd): ") || !strings.Contains(text, "Issuer        me") {
		t.Errorf("%q\n%s", r.Notes, text)
	}
	harmless(t, text)
}

// FuzzLook: whatever comes in, what goes out is harmless text and valid JSON.
func FuzzLook(f *testing.F) {
	seeds := []string{
		token(`{"exp":1,"aud":["a"],"scope":"a b","x":{"y":1}}`), enc(`{"alg":"x"}`) + "." + enc("text") + ".", "opaque",
		enc(`{"enc":"x"}`) + "....", read(f, "klg-subject-token.b64url"), `{"access_token":"x"}`, "Bearer x\ny", enc(`{"alg":"ES256"}`) + "=." + enc(`{"a":[[[[[[[[[1]]]]]]]]]}`) + ".<s>",
		`<r xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"><a:Assertion ID="1"><a:Issuer>x</a:Issuer></a:Assertion></r>`,
	}
	for _, s := range seeds {
		if s == "" {
			f.Fatal("an empty seed")
		}
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tokens, err := Tokens(data, "")
		if err != nil {
			return
		}
		for _, token := range tokens {
			r, err := Look(token.Text)
			if err != nil {
				harmless(t, err.Error())
				continue
			}
			harmless(t, r.Text(View{Now: now}))
			line, err := r.JSON(now)
			if err != nil || !json.Valid(line) || strings.Count(string(line), "\n") != 1 {
				t.Errorf("%q: %s, %v", token, line, err)
			}
		}
	})
}

// An attribute has the value that stands in it; several are the array of a JWT's claim.
func TestAnAttributeIsAClaim(t *testing.T) {
	r := look(t, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><AttributeStatement>`+
		`<Attribute Name="one.1"><AttributeValue>a"b&lt;</AttributeValue></Attribute><Attribute Name="none"/>`+
		`<Attribute Name="two"><AttributeValue>a"b&lt;</AttributeValue></Attribute><Attribute Name="two"><AttributeValue>c</AttributeValue></Attribute>`+
		`</AttributeStatement></Assertion></s:Envelope>`)
	for name, want := range map[string]string{"one.1": `a"b<`, "none": "[]", "two": `["a\"b<","c"]`} {
		if got, ok := r.Claim(name); !ok || got != want {
			t.Errorf("%s: %q, %t", name, got, ok)
		}
	}
	if got, ok := r.Claim("one"); ok {
		t.Errorf("one: %q", got)
	}
}
