//go:build e2e

package apache

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/program"
)

const appliesTo = "http://ehealth.sundhed.dk/service/CareGateway/1"

// TestMTLSJSON: authctl lets a server of sts.protocol mtls-json ask for the certificate
// late, and no other server.
func TestMTLSJSON(t *testing.T) {
	pki := nginx.NewPKI(t)
	pki.Client(t, "client", false)
	pki.RSA(t, "rsa")
	pki.Client(t, "self-signed", true)
	behind := httptest.NewServer(issuer{t})
	t.Cleanup(behind.Close)
	url := Front{Path: "/runtime/api/rest/wstrust/v1/issue", Server: behind.URL, PKI: pki}.Start(t)
	var text strings.Builder
	for _, p := range [][4]string{
		{"right", "mtls-json", "client", "09189846"},
		{"unknown", "mtls-json", "client", "19189846"},
		{"untrusted", "mtls-json", "self-signed", "09189846"},
		{"soap", "soap12", "rsa", "09189846"},
	} {
		fmt.Fprintf(&text, profile, p[0], pki.Folder, p[2], url, p[1], appliesTo, p[3])
	}
	authctl := program.New(t, "version: 1\nprofiles:\n"+text.String())
	if got := authctl.Must(t, "", "sts", "-p", "right", "-o", "xml"); !strings.Contains(got, ">09189846<") {
		t.Errorf("not the assertion that was asked for: %s", got)
	}
	for name, want := range map[string]struct {
		code int
		says string
	}{
		"unknown":   {4, "no agreement with 19189846"},
		"untrusted": {5, "tls"},
		"soap":      {5, "no renegotiation"},
	} {
		r := authctl.Run(t, "", "sts", "-p", name)
		if r.Code != want.code || r.Stdout != "" || !strings.Contains(r.Stderr, want.says) {
			t.Errorf("%s: exit %d, want %d and %q: %s", name, r.Code, want.code, want.says, r.Stderr)
		}
	}
}

const profile = `  %[1]s:
    issuer: https://as.example
    client: {id: app, auth: private_key_jwt, key: "file:%[2]s/%[3]s.key", certificate: "file:%[2]s/%[3]s.pem"}
    grant: token_exchange
    exchange: {subject_token: "file:-", subject_token_type: saml2}
    tls: {ca: "file:%[2]s/ca.pem"}
    sts: {url: "%[4]s", protocol: %[5]s, applies_to: "%[6]s", claims: [{name: "dk:gov:saml:attribute:CvrNumberIdentifier", value: "%[7]s"}]}
`

// issuer answers as KOMBIT's REST service does. Its assertions are not signed: what
// vouches for them here is TLS.
type issuer struct{ t *testing.T }

func (i issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		TokenType, RequestType, KeyType string
		AnvenderKontekst                struct{ Cvr string }
		UseKey                          []byte
		AppliesTo                       struct{ EndpointReference struct{ Address string } }
	}
	err := json.NewDecoder(r.Body).Decode(&asked)
	certificate, missing := Certificate(r)
	w.Header().Set("Content-Type", "application/json")
	switch {
	case err != nil || missing != nil || r.ProtoMajor != 1 || !strings.HasSuffix(asked.RequestType, "/Issue") || !strings.HasSuffix(asked.KeyType, "/PublicKey") ||
		!strings.HasSuffix(asked.TokenType, "#SAMLV2.0") || asked.AppliesTo.EndpointReference.Address != appliesTo || !bytes.Equal(asked.UseKey, certificate.Raw):
		i.t.Errorf("not a request that this service knows: %v %v %+v", err, missing, asked)
		w.WriteHeader(http.StatusBadRequest)
	case asked.AnvenderKontekst.Cvr != "09189846":
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": "no agreement with " + asked.AnvenderKontekst.Cvr})
	default:
		until := time.Now().Add(8 * time.Hour).UTC()
		text := fmt.Sprintf(assertion, rand.Text(), time.Now().UTC().Format(time.RFC3339), until.Format(time.RFC3339), appliesTo,
			base64.StdEncoding.EncodeToString(certificate.Raw), asked.AnvenderKontekst.Cvr)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"RequestedSecurityToken": map[string][]byte{"Assertion": []byte(text)},
			"Lifetime":               map[string]string{"Expires": until.Format("01/02/2006 15:04:05")},
		})
	}
}

const assertion = `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_%[1]s" IssueInstant="%[2]s" Version="2.0">` +
	`<Issuer>https://saml.adgangsstyring.example</Issuer><Subject><NameID>CN=client</NameID>` +
	`<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"><SubjectConfirmationData NotOnOrAfter="%[3]s" Recipient="%[4]s">` +
	`<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>%[5]s</X509Certificate></X509Data></KeyInfo>` +
	`</SubjectConfirmationData></SubjectConfirmation></Subject><Conditions NotBefore="%[2]s" NotOnOrAfter="%[3]s">` +
	`<AudienceRestriction><Audience>%[4]s</Audience></AudienceRestriction></Conditions><AttributeStatement>` +
	`<Attribute Name="dk:gov:saml:attribute:CvrNumberIdentifier"><AttributeValue>%[6]s</AttributeValue></Attribute>` +
	`</AttributeStatement></Assertion>`
