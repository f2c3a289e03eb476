package sandbox_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	entraToken    = "/ardengem/abc1234567-03ab-6b70-8a27-abc12345/oauth2/v2.0/token/"
	entraScope    = "api://e5g957k-75c6-4be7-af7b-f0b70440d0a2/.default"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

func entraForm(b *box) url.Values {
	return values("grant_type", "client_credentials", "client_id", "12345",
		"client_secret", b.Env()["AUTHCTL_SECRET_ARDENGEM_CLIENT_SECRET"], "scope", entraScope)
}

// entraAssertion is the certificate's, as Entra wants it.
func entraAssertion(b *box) (header, body claims) {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.Dir(), "ardengem-cert.pem"))
	if err != nil {
		b.t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	sum := sha256.Sum256(block.Bytes)
	now := time.Now().Unix()
	return claims{"typ": "JWT", "x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:])}, claims{
		"iss": "12345", "sub": "12345", "aud": b.URL + strings.TrimSuffix(entraToken, "/"), "nbf": now, "exp": now + 60, "jti": jti(),
	}
}

func TestEntraRefuses(t *testing.T) {
	b := shared(t)
	form := entraForm(b)
	for name, tt := range map[string]struct {
		form   url.Values
		status int
		code   string
		says   string
	}{
		"no grant":         {but(form, "grant_type", ""), 400, "invalid_request", "AADSTS900144: The request body must contain the following parameter: 'grant_type'."},
		"no client":        {but(form, "client_id", ""), 400, "invalid_request", "AADSTS900144"},
		"no scope":         {but(form, "scope", ""), 400, "invalid_request", "'scope'"},
		"other grant":      {but(form, "grant_type", "password"), 400, "unsupported_grant_type", "AADSTS70003"},
		"unknown client":   {but(form, "client_id", "x"), 400, "unauthorized_client", "AADSTS700016"},
		"no secret":        {but(form, "client_secret", ""), 401, "invalid_client", "AADSTS7000218"},
		"wrong secret":     {but(form, "client_secret", "x"), 401, "invalid_client", "AADSTS7000215: Invalid client secret provided."},
		"scope of a user":  {but(form, "scope", "openid"), 400, "invalid_scope", "AADSTS1002012"},
		"two scopes":       {but(form, "scope", "openid "+entraScope), 400, "invalid_scope", "AADSTS1002012"},
		"unknown resource": {but(form, "scope", "api://x/.default"), 400, "invalid_resource", "AADSTS500011"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			r := b.form(entraToken, nil, tt.form)
			refused(t, r, tt.status, tt.code, tt.says)
			if !regexp.MustCompile(`\r\nTrace ID: \S+\r\nCorrelation ID: \S+\r\nTimestamp: \S+ \S+Z$`).MatchString(r.text("error_description")) {
				t.Errorf("the description does not end as Entra's: %q", r.text("error_description"))
			}
			for _, member := range []string{"error_codes", "timestamp", "trace_id", "correlation_id"} {
				if r.json[member] == nil {
					t.Errorf("%s is missing", member)
				}
			}
		})
	}
}

func TestEntraURL(t *testing.T) {
	b := shared(t)
	if r := b.form(strings.TrimSuffix(entraToken, "/"), nil, entraForm(b)); r.status != http.StatusNotFound {
		t.Errorf("without the trailing slash: %d", r.status)
	}
	refused(t, b.form(strings.Replace(entraToken, "abc1234567", "other", 1), nil, entraForm(b)), 400, "invalid_request", "AADSTS90002")
	refused(t, b.get(entraToken, nil), 400, "invalid_request", "AADSTS900561")
}

func TestEntraCertificate(t *testing.T) {
	b := shared(t)
	header, body := entraAssertion(b)
	certificate, _ := os.ReadFile(filepath.Join(b.Dir(), "ardengem-cert.pem"))
	block, _ := pem.Decode(certificate)
	sum1 := sha1.Sum(block.Bytes)
	x5t := claims{"typ": "JWT", "x5t": base64.RawURLEncoding.EncodeToString(sum1[:])}
	send := func(b *box, key, alg string, header, body claims) reply {
		return b.form(entraToken, nil, but(entraForm(b), "client_secret", "", "client_assertion_type", assertionType,
			"client_assertion", sign(b.t, b.key(key), alg, header, body)))
	}
	b.must(send(b, "ardengem-key.pem", "PS256", header, body))
	b.must(send(b, "ardengem-key.pem", "RS256", x5t, body))
	for name, tt := range map[string]struct {
		key, alg     string
		header, body claims
		says         string
	}{
		"x5t under PS256":      {"ardengem-key.pem", "PS256", x5t, body, "AADSTS700027"},
		"x5t#S256 under RS256": {"ardengem-key.pem", "RS256", header, body, "AADSTS700027"},
		"foreign key":          {"klg-key.pem", "PS256", header, body, "AADSTS700027: Client assertion failed signature validation."},
		"other issuer":         {"ardengem-key.pem", "PS256", header, with(body, claims{"iss": "x"}), "AADSTS700021"},
		"aud with the slash":   {"ardengem-key.pem", "PS256", header, with(body, claims{"aud": b.URL + entraToken}), "AADSTS700023"},
		"two audiences":        {"ardengem-key.pem", "PS256", header, with(body, claims{"aud": []string{body["aud"].(string), "x"}}), "AADSTS700023"},
		"expired":              {"ardengem-key.pem", "PS256", header, with(body, claims{"exp": time.Now().Add(-time.Hour).Unix()}), "AADSTS700024"},
		"without exp":          {"ardengem-key.pem", "PS256", header, with(body, claims{"exp": nil}), "AADSTS700024"},
		"not yet":              {"ardengem-key.pem", "PS256", header, with(body, claims{"nbf": time.Now().Add(time.Hour).Unix()}), "AADSTS700024"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, send(&box{b.Sandbox, t}, tt.key, tt.alg, tt.header, tt.body), 401, "invalid_client", tt.says)
		})
	}
	noType := but(entraForm(b), "client_secret", "", "client_assertion", "x.y.z")
	refused(t, b.form(entraToken, nil, noType), 400, "invalid_request", "client_assertion_type")
	refused(t, b.form(entraToken, nil, but(noType, "client_assertion_type", assertionType)), 401, "invalid_client", "AADSTS50027")
}

func TestEntraFederated(t *testing.T) {
	b := shared(t)
	token, err := os.ReadFile(filepath.Join(b.Dir(), "ardengem-workload.jwt"))
	if err != nil {
		t.Fatal(err)
	}
	form := but(entraForm(b), "client_secret", "", "client_assertion_type", assertionType, "client_assertion", string(token))
	b.must(b.form(entraToken, nil, form))
	_, body := entraAssertion(b)
	forged := sign(t, b.key("ardengem-key.pem"), "RS256", claims{}, with(body, claims{"iss": b.URL + "/ardengem/workload"}))
	refused(t, b.form(entraToken, nil, but(form, "client_assertion", forged)), 401, "invalid_client", "AADSTS700027")
}

func TestAPIManagement(t *testing.T) {
	b := shared(t)
	key := b.Env()["AUTHCTL_SECRET_ARDENGEM_SUBSCRIPTION_KEY"]
	auth := "bearer " + b.must(b.form(entraToken, nil, entraForm(b))).text("access_token")
	for name, tt := range map[string]struct {
		header map[string]string
		says   string
	}{
		"no key":    {map[string]string{"Authorization": auth}, "Access denied due to missing subscription key."},
		"wrong key": {map[string]string{"Authorization": auth, "Ocp-Apim-Subscription-Key": "x"}, "Access denied due to invalid subscription key."},
		"no token":  {map[string]string{"Ocp-Apim-Subscription-Key": key}, "Unauthorized. Access token is missing or invalid."},
		"bad token": {map[string]string{"Authorization": auth + "x", "Ocp-Apim-Subscription-Key": key}, "Unauthorized. Access token is missing or invalid."},
	} {
		t.Run(name, func(t *testing.T) {
			r := (&box{b.Sandbox, t}).get("/ardengem/api/ping", tt.header)
			if r.status != http.StatusUnauthorized || !strings.HasPrefix(r.text("message"), tt.says) || r.json["statusCode"] != 401.0 {
				t.Errorf("%d %s", r.status, r.raw)
			}
		})
	}
	said := b.json("/ardengem/api/saymessage", map[string]string{"Authorization": auth, "Ocp-Apim-Subscription-Key": key}, `{"message":"This is my message"}`)
	if b.must(said).text("message") != "This is my message" {
		t.Error(said.raw)
	}
}
