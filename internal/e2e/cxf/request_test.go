//go:build e2e

package cxf

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

type asking struct {
	url, appliesTo, cvr string
	soap11, x509Data    bool
	key                 *rsa.PrivateKey
	certificate         *x509.Certificate
	now                 time.Time
}

const (
	nsWSA  = `"http://www.w3.org/2005/08/addressing"`
	nsWSU  = `"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"`
	nsWSSE = `"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"`
	wst    = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
	x509v3 = `"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"`
	b64    = `"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"`
	exc    = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// message is in canonical form in each of its signed parts.
func (a asking) message(t *testing.T) string {
	t.Helper()
	soap := `"http://www.w3.org/2003/05/soap-envelope"`
	if a.soap11 {
		soap = `"http://schemas.xmlsoap.org/soap/envelope/"`
	}
	cert := base64.StdEncoding.EncodeToString(a.certificate.Raw)
	bst := `<wsse:BinarySecurityToken xmlns:wsse=` + nsWSSE + ` xmlns:wsu=` + nsWSU + ` EncodingType=` + b64 + ` ValueType=` + x509v3 + ` wsu:Id="bst">` + cert + `</wsse:BinarySecurityToken>`
	header := func(name, id, value string) string {
		return `<wsa:` + name + ` xmlns:wsa=` + nsWSA + ` xmlns:wsu=` + nsWSU + ` wsu:Id="` + id + `">` + value + `</wsa:` + name + `>`
	}
	at := func(d time.Duration) string { return a.now.Add(d).UTC().Format("2006-01-02T15:04:05.000Z") }
	action := header("Action", "action", wst+"/RST/Issue")
	id := header("MessageID", "id", "urn:uuid:"+rand.Text())
	to := header("To", "to", a.url)
	reply := header("ReplyTo", "reply", `<wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address>`)
	stamp := `<wsu:Timestamp xmlns:wsu=` + nsWSU + ` wsu:Id="ts"><wsu:Created>` + at(0) + `</wsu:Created><wsu:Expires>` + at(5*time.Minute) + `</wsu:Expires></wsu:Timestamp>`
	useKey := `<wsse:BinarySecurityToken xmlns:wsse=` + nsWSSE + ` EncodingType=` + b64 + ` ValueType=` + x509v3 + `>` + cert + `</wsse:BinarySecurityToken>`
	if a.x509Data {
		useKey = `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` + cert + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
	}
	claims := ""
	if a.cvr != "" {
		claims = `<wst:Claims Dialect="http://docs.oasis-open.org/wsfed/authorization/200706/authclaims"><auth:ClaimType xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706" Optional="false" Uri="` + claimName + `"><auth:Value>` + a.cvr + `</auth:Value></auth:ClaimType></wst:Claims>`
	}
	body := `<soap:Body xmlns:soap=` + soap + ` xmlns:wsu=` + nsWSU + ` wsu:Id="body"><wst:RequestSecurityToken xmlns:wst="` + wst + `" Context="urn:uuid:1">` +
		`<wst:TokenType>http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0</wst:TokenType><wst:RequestType>` + wst + `/Issue</wst:RequestType>` +
		`<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference xmlns:wsa=` + nsWSA + `><wsa:Address>` + a.appliesTo + `</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>` +
		claims + `<wst:KeyType>` + wst + `/PublicKey</wst:KeyType><wst:UseKey>` + useKey + `</wst:UseKey></wst:RequestSecurityToken></soap:Body>`
	var refs strings.Builder
	for _, p := range [][2]string{{"action", action}, {"id", id}, {"to", to}, {"reply", reply}, {"ts", stamp}, {"bst", bst}, {"body", body}} {
		sum := sha256.Sum256([]byte(p[1]))
		fmt.Fprintf(&refs, `<ds:Reference URI="#%s"><ds:Transforms><ds:Transform Algorithm="%s"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>%s</ds:DigestValue></ds:Reference>`,
			p[0], exc, base64.StdEncoding.EncodeToString(sum[:]))
	}
	info := `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="` + exc + `"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>` + refs.String() + `</ds:SignedInfo>`
	sum := sha256.Sum256([]byte(info))
	sig, err := rsa.SignPKCS1v15(nil, a.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + info + `<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(sig) + `</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse=` + nsWSSE + `><wsse:Reference URI="#bst" ValueType=` + x509v3 + `></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`
	return `<soap:Envelope xmlns:soap=` + soap + `><soap:Header>` + action + id + to + reply + `<wsse:Security xmlns:wsse=` + nsWSSE + ` soap:mustUnderstand="1">` + bst + stamp + signature + `</wsse:Security></soap:Header>` + body + `</soap:Envelope>`
}

// send returns the status and the answer.
func (a asking) send(t *testing.T, s *server, message string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url, strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/soap+xml; charset=utf-8")
	if a.soap11 {
		req.Header.Set("Content-Type", "text/xml; charset=utf-8")
		req.Header.Set("SOAPAction", `"`+wst+`/RST/Issue"`)
	}
	resp, err := (&http.Client{Transport: s.pki.Transport()}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	_, _ = io.Copy(&body, resp.Body)
	return resp.StatusCode, body.String()
}
