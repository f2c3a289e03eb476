package cmd_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/cmd"
	"authctl/internal/app"
	"authctl/internal/keys"
)

// seen is one request as it arrived.
type seen struct {
	path, body string
	header     http.Header
}

// recorder is an authorization server that grants everything and remembers it.
func recorder(t testing.TB) (*httptest.Server, *[]seen) {
	t.Helper()
	var list []seen
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		list = append(list, seen{r.URL.Path, string(body), r.Header})
		_, _ = io.WriteString(w, `{"access_token":"a","token_type":"Bearer","expires_in":3600}`)
	}))
	t.Cleanup(s.Close)
	return s, &list
}

// run is authctl in this process, with a profiles file and an environment.
func run(t *testing.T, profiles string, env map[string]string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "profiles.yaml")
	if err := os.WriteFile(path, []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	sys := app.Host()
	var out, errs bytes.Buffer
	sys.In, sys.Out, sys.Err = strings.NewReader(""), &out, &errs
	sys.Env = func(name string) (string, bool) {
		switch name {
		case "AUTHCTL_CONFIG":
			return path, true
		case "HOME":
			return dir, true
		}
		v, ok := env[name]
		return v, ok
	}
	code = cmd.Main(t.Context(), sys, args)
	return out.String(), errs.String(), code
}

// The page's example request: the header to the byte, the body field by field.
func TestTheDeviceIdentityRequestIsThePages(t *testing.T) {
	var want struct {
		DeviceID     string `json:"device_id"`
		DeviceSecret string `json:"device_secret"`
		DeviceHeader string `json:"device_header"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Scope        string `json:"scope"`
		FormLength   int    `json:"form_encoded_length"`
	}
	section(t, "santedb", &want)
	s, list := recorder(t)
	_, stderr, code := run(t, fmt.Sprintf(`
version: 1
profiles:
  mpi:
    preset: santedb
    token_url: %s/auth/oauth2_token
    client: {id: %s}
    request:
      headers:
        - {name: X-Device-Authorization, basic: {username: %s, password: "keyring:device_secret", scheme: BASIC}}
`, s.URL, want.ClientID, want.DeviceID), map[string]string{
		"AUTHCTL_SECRET_MPI_CLIENT_SECRET": want.ClientSecret, "AUTHCTL_SECRET_MPI_DEVICE_SECRET": want.DeviceSecret,
	}, "token", "-p", "mpi", "--store", "none")
	if code != 0 || len(*list) != 1 {
		t.Fatalf("exit %d, %d requests: %s", code, len(*list), stderr)
	}
	got := (*list)[0]
	if h := got.header["X-Device-Authorization"]; len(h) != 1 || h[0] != want.DeviceHeader {
		t.Errorf("X-Device-Authorization is %q, want %q", h, want.DeviceHeader)
	}
	if got.header.Get("Authorization") != "" {
		t.Error("Basic carries the client, which belongs into the body")
	}
	form, err := url.ParseQuery(got.body)
	if err != nil || got.path != "/auth/oauth2_token" || got.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%v %s %v", err, got.path, got.header)
	}
	page := url.Values{
		"grant_type": {"client_credentials"}, "scope": {want.Scope},
		"client_id": {want.ClientID}, "client_secret": {want.ClientSecret},
	}
	if form.Encode() != page.Encode() || len(got.body) != want.FormLength {
		t.Errorf("body has %d bytes: %s", len(got.body), got.body)
	}
}

// Case, dots and URLs in names survive from the file to the wire.
func TestNamesReachTheWireAsWritten(t *testing.T) {
	s, list := recorder(t)
	key := privateKey(t, "EdDSA")
	_, stderr, code := run(t, fmt.Sprintf(`
version: 1
default_profile: Prod.EU
profiles:
  Prod.EU:
    issuer: https://as.example
    token_url: %s/Token/
    client: {id: Some.Client, auth: private_key_jwt, key: "file:%s"}
    assertion:
      claims:
        - {name: "https://ns.example/Role", value: {Admin.X: [1, true, null]}}
        - {name: "a\"b", value: "c"}
    request:
      params: [{name: Odd.Name, value: "x y"}]
`, s.URL, key), nil, "token", "--store", "none")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	got := (*list)[0]
	form, _ := url.ParseQuery(got.body)
	if got.path != "/Token/" || form.Get("Odd.Name") != "x y" || form.Get("client_id") != "Some.Client" {
		t.Errorf("%s %s", got.path, got.body)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(form.Get("client_assertion"), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if raw, _ := json.Marshal(claims["https://ns.example/Role"]); string(raw) != `{"Admin.X":[1,true,null]}` || claims[`a"b`] != "c" {
		t.Errorf("claims %s", payload)
	}
	if claims["aud"] != "https://as.example" {
		t.Errorf("aud %v", claims["aud"])
	}
}

// privateKey writes a new PEM key that only its owner can read.
func privateKey(t *testing.T, alg string) (path string) {
	t.Helper()
	key, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// section reads one part of the providers' published and computed values.
func section(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "vectors", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(all[name], into); err != nil {
		t.Fatal(err)
	}
}

// The exchange of the page's own assertion: its parameters and nothing else,
// and the subject token to the byte. Without --allow-expired nothing is sent.
func TestTheExchangeRequestIsThePages(t *testing.T) {
	s, list := recorder(t)
	profiles := fmt.Sprintf(`
version: 1
profiles:
  gateway:
    preset: kl-gateway
    issuer: %s/auth/realms/ehealth
    token_url: %s/auth/realms/ehealth/protocol/openid-connect/token
    client: {id: eoj, key: "file:%s"}
`, s.URL, s.URL, privateKey(t, "RS256"))
	vectors := filepath.Join("testdata", "vectors")
	assertion := filepath.Join(vectors, "klg-assertion.xml")
	_, stderr, code := run(t, profiles, nil, "exchange", "-p", "gateway", "--subject-token", assertion, "--store", "none")
	if code != 7 || len(*list) != 0 || !strings.Contains(stderr, "NotOnOrAfter") {
		t.Fatalf("an expired assertion: exit %d, %d requests: %s", code, len(*list), stderr)
	}
	_, stderr, code = run(t, profiles, nil, "exchange", "-p", "gateway", "--subject-token", assertion, "--allow-expired", "--store", "none")
	if code != 0 || len(*list) != 1 {
		t.Fatalf("exit %d, %d requests: %s", code, len(*list), stderr)
	}
	if !strings.Contains(stderr, "rqjgLIDzVg8CYwfTYph00J4YLr6cXQVO7WXKtw7sY6w") {
		t.Errorf("no warning about the holder-of-key certificate: %s", stderr)
	}
	form, _ := url.ParseQuery((*list)[0].body)
	want, err := os.ReadFile(filepath.Join(vectors, "klg-subject-token.b64url"))
	if err != nil {
		t.Fatal(err)
	}
	if form.Get("subject_token") != strings.TrimSpace(string(want)) {
		t.Error("the subject token is not the page's, to the byte")
	}
	if form.Get("client_assertion") == "" {
		t.Error("no client assertion")
	}
	form.Del("subject_token")
	form.Del("client_assertion")
	page := url.Values{
		"client_id":             {"eoj"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"grant_type":            {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"subject_token_type":    {"urn:ietf:params:oauth:token-type:saml2"},
		"subject_issuer":        {"kombit-sts"},
	}
	if form.Encode() != page.Encode() {
		t.Errorf("sent %s\npage %s", form.Encode(), page.Encode())
	}
}
