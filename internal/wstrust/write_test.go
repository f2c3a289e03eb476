package wstrust

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"authctl/internal/fault"
	"authctl/internal/profile"
)

func write(t *testing.T, a Asking) (Message, *etree.Element) {
	t.Helper()
	m, err := a.Message()
	if err != nil {
		t.Fatal(err)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(m.Body); err != nil {
		t.Fatalf("%v\n%s", err, m.Body)
	}
	return m, doc.Root()
}

// recanonicalized is e within its document by goxmldsig.
func recanonicalized(t *testing.T, e *etree.Element) []byte {
	t.Helper()
	around, err := etreeutils.NSBuildParentContext(e)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := etreeutils.NSDetatch(around, e)
	if err != nil {
		t.Fatal(err)
	}
	out, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(alone)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// verifyRequest takes the message apart by another library than the one that
// wrote it, and gives the parts that are signed.
func verifyRequest(t *testing.T, root *etree.Element) []string {
	t.Helper()
	signature := root.FindElement("./Header/Security/Signature")
	token := root.FindElement("./Header/Security/BinarySecurityToken")
	der, err := base64.StdEncoding.DecodeString(token.Text())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if uri := signature.FindElement("./KeyInfo/SecurityTokenReference/Reference").SelectAttrValue("URI", ""); uri != "#"+token.SelectAttrValue("wsu:Id", "") {
		t.Errorf("the key is said to be at %q", uri)
	}
	info := signature.FindElement("./SignedInfo")
	sum := sha256.Sum256(recanonicalized(t, info))
	value, err := base64.StdEncoding.DecodeString(signature.FindElement("./SignatureValue").Text())
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], value); err != nil {
		t.Errorf("the signature: %v", err)
	}
	var parts []string
	for _, reference := range info.SelectElements("Reference") {
		found := root.FindElements("//*[@wsu:Id='" + strings.TrimPrefix(reference.SelectAttrValue("URI", ""), "#") + "']")
		if len(found) != 1 {
			t.Fatalf("%d elements have the ID %s", len(found), reference.SelectAttrValue("URI", ""))
		}
		sum := sha256.Sum256(recanonicalized(t, found[0]))
		if got := reference.FindElement("./DigestValue").Text(); got != base64.StdEncoding.EncodeToString(sum[:]) {
			t.Errorf("the digest of %s is not that of\n%s", found[0].FullTag(), recanonicalized(t, found[0]))
		}
		parts = append(parts, found[0].FullTag())
	}
	return parts
}

// What is written is in canonical form already: another library's is the same, with odd values too.
func TestEveryPartIsSignedAsItIsWritten(t *testing.T) {
	odd := "a & b < c > d \"e\" 'f' \r\n\t g ]]> \u00e6\u2028\U0001F600 &#13;"
	for name, change := range map[string]func(*Asking){
		"as it is":     nil,
		"SOAP 1.1":     func(a *Asking) { a.STS.Protocol = profile.SOAP11 },
		"identity":     func(a *Asking) { a.STS.Dialect = "identity" },
		"X509Data":     func(a *Asking) { a.STS.UseKey = "x509_data" },
		"no UseKey":    func(a *Asking) { a.STS.UseKey = "none" },
		"bearer":       func(a *Asking) { a.STS.KeyType = "bearer" },
		"no claims":    func(a *Asking) { a.STS.Claims = nil },
		"a lifetime":   func(a *Asking) { a.STS.Lifetime = time.Hour },
		"odd values":   func(a *Asking) { a.STS.AppliesTo, a.STS.URL, a.STS.Claims[0].Value = odd, odd, odd },
		"an odd name":  func(a *Asking) { a.STS.Claims[0].Name = odd },
		"odd identity": func(a *Asking) { a.STS.Dialect, a.STS.Claims[0].Name, a.STS.Claims[0].Value = "identity", odd, odd },
		"a card":       func(a *Asking) { a.Key = card{a.Key, t} },
	} {
		t.Run(name, func(t *testing.T) {
			a := asking(change)
			_, root := write(t, a)
			parts := strings.Join(verifyRequest(t, root), " ")
			if parts != "wsa:Action wsa:MessageID wsa:To wsa:ReplyTo wsse:BinarySecurityToken wsu:Timestamp soap:Body" {
				t.Errorf("signed are %s", parts)
			}
			if got := root.FindElement("./Header/To").Text(); got != a.STS.URL {
				t.Errorf("sent to %q, want %q", got, a.STS.URL)
			}
			if got := root.FindElement("./Body/RequestSecurityToken/AppliesTo/EndpointReference/Address").Text(); got != a.STS.AppliesTo {
				t.Errorf("applies to %q, want %q", got, a.STS.AppliesTo)
			}
		})
	}
}

func TestTheRequest(t *testing.T) {
	m, root := write(t, asking(nil))
	if m.ContentType != "application/soap+xml; charset=utf-8" || m.SOAPAction != "" || m.Accept != "application/soap+xml" {
		t.Errorf("%+v", m)
	}
	text := string(m.Body)
	for _, want := range []string{
		`<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">`, `<wsse:Security xmlns:wsse="` + nsWSSE + `" soap:mustUnderstand="1">`,
		`>http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue<`, `>` + m.ID + `<`, ` Context="` + m.Context + `"`,
		`>2026-11-27T12:00:00Z</wsu:Created>`, `>2026-11-27T12:05:00Z</wsu:Expires>`, `<wst:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey<`,
		`<wst:Claims Dialect="http://docs.oasis-open.org/wsfed/authorization/200706/authclaims"><auth:ClaimType xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706" Optional="false" Uri="urn:example:number"><auth:Value>01234567</auth:Value></auth:ClaimType></wst:Claims>`,
		`<wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue<`, `#SAMLV2.0</wst:TokenType>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
	if got := root.FindElement("./Body/RequestSecurityToken/UseKey/BinarySecurityToken"); got == nil || got.Text() != base64.StdEncoding.EncodeToString(parties()["client"].certificate.Raw) || got.SelectAttrValue("ValueType", "") != x509v3 {
		t.Error("the key is not named in UseKey")
	}
	if root.FindElement("//Lifetime") != nil || strings.Contains(text, "/>") {
		t.Error("a lifetime, or an element without an end tag")
	}
	again, _ := write(t, asking(nil))
	if again.ID == m.ID || again.Context == m.Context || !strings.HasPrefix(m.ID, "urn:uuid:") || m.ID[23] != '4' || len(m.ID) != 45 {
		t.Errorf("%s, then %s", m.ID, again.ID)
	}
}

func TestVariantsOfTheRequest(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*Asking)
		has, lack string
	}{
		"SOAP 1.1":   {func(a *Asking) { a.STS.Protocol = profile.SOAP11 }, `xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"`, "2003/05"},
		"identity":   {func(a *Asking) { a.STS.Dialect = "identity" }, `<wst:Claims Dialect="http://schemas.xmlsoap.org/ws/2005/05/identity"><ic:ClaimValue xmlns:ic="http://schemas.xmlsoap.org/ws/2005/05/identity" Uri="urn:example:number"><ic:Value>01234567</ic:Value></ic:ClaimValue></wst:Claims>`, "auth:"},
		"X509Data":   {func(a *Asking) { a.STS.UseKey = "x509_data" }, `<wst:UseKey><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>`, "<wst:UseKey><wsse"},
		"no UseKey":  {func(a *Asking) { a.STS.UseKey = "none" }, "PublicKey<", "UseKey"},
		"bearer":     {func(a *Asking) { a.STS.KeyType = "bearer" }, "/ws-trust/200512/Bearer<", "UseKey"},
		"no claims":  {func(a *Asking) { a.STS.Claims = nil }, "AppliesTo", "Claims"},
		"a lifetime": {func(a *Asking) { a.STS.Lifetime = 30 * time.Minute }, `<wst:Lifetime><wsu:Created xmlns:wsu="` + nsWSU + `">2026-11-27T12:00:00Z</wsu:Created><wsu:Expires xmlns:wsu="` + nsWSU + `">2026-11-27T12:30:00Z</wsu:Expires></wst:Lifetime>`, ""},
	} {
		m, _ := write(t, asking(c.change))
		// Below Body wsu is declared already.
		text := string(m.Body)
		if has := strings.ReplaceAll(c.has, ` xmlns:wsu="`+nsWSU+`"`, ""); !strings.Contains(text, has) || c.lack != "" && strings.Contains(text, c.lack) {
			t.Errorf("%s:\n%s", name, text)
		}
		if a := asking(c.change); a.STS.Protocol == profile.SOAP11 && (m.SOAPAction != `"http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"` || m.ContentType != "text/xml; charset=utf-8") {
			t.Errorf("%+v", m)
		}
	}
}

type broken struct{ crypto.Signer }

func (broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the card is gone")
}

func TestNoRequestIsWritten(t *testing.T) {
	key, certificate := ecKey(t)
	for name, c := range map[string]struct {
		change func(*Asking)
		why    string
	}{
		"an EC key":      {func(a *Asking) { a.Key, a.Certificate = key, certificate }, "no RSA key"},
		"another's":      {func(a *Asking) { a.Certificate = parties()["sts"].certificate }, "is of another key"},
		"no key":         {func(a *Asking) { a.Key = nil }, "needs a key"},
		"no certificate": {func(a *Asking) { a.Certificate = nil }, "its certificate"},
		"a NUL":          {func(a *Asking) { a.STS.AppliesTo = "a\x00" }, "cannot hold"},
		"no UTF-8":       {func(a *Asking) { a.STS.Claims[0].Value = "a\xff" }, "cannot hold"},
		"a noncharacter": {func(a *Asking) { a.STS.Claims[0].Name = "\uffff" }, "cannot hold"},
		"a broken card":  {func(a *Asking) { a.Key = broken{a.Key} }, "the card is gone"},
		"JSON, two claims": {func(a *Asking) {
			a.STS.Protocol = profile.MTLSJSON
			a.STS.Claims = append(a.STS.Claims, a.STS.Claims[0])
		}, "exactly one claim"},
		"JSON, none":         {func(a *Asking) { a.STS.Protocol, a.STS.Claims = profile.MTLSJSON, nil }, "exactly one claim"},
		"JSON, whose key is": {func(a *Asking) { a.STS.Protocol, a.Certificate = profile.MTLSJSON, nil }, "needs a certificate"},
	} {
		m, err := asking(c.change).Message()
		if err == nil || !strings.Contains(err.Error(), c.why) || fault.KindOf(err) != fault.Config || m.Body != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := asking(func(a *Asking) { a.Rand = bytes.NewReader(nil) }).Message(); err == nil {
		t.Error("an ID out of nothing")
	}
}

func TestTheJSONRequest(t *testing.T) {
	a := asking(func(a *Asking) {
		a.STS.Protocol, a.Key, a.STS.AppliesTo = profile.MTLSJSON, nil, "http://a.example/?b&c"
	})
	m, err := a.Message()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"TokenType":"http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0","RequestType":"http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue",` +
		`"KeyType":"http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey","AnvenderKontekst":{"Cvr":"01234567"},"UseKey":"` + a.der() +
		`","AppliesTo":{"EndpointReference":{"Address":"http://a.example/?b&c"}},"OnBehalfOf":null}`
	if string(m.Body) != want || m.ContentType != "application/json" || m.Accept != "application/json" || m.SOAPAction != "" {
		t.Errorf("%s\n%+v", m.Body, m)
	}
	a.STS.UseKey = "none"
	if m, err = a.Message(); err != nil || strings.Contains(string(m.Body), "UseKey") || !json.Valid(m.Body) {
		t.Errorf("%s, %v", m.Body, err)
	}
}
