//go:build e2e

package login

import (
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/chromium"
	"authctl/internal/e2e/oidcprovider"
	"authctl/internal/keys"
)

// strict is a desk whose profile `strict` logs in at an independent OpenID
// Provider that wants PAR, PKCE, private_key_jwt and DPoP with its own nonces.
func strict(t *testing.T, ttl time.Duration) (*desk, *oidcprovider.Provider) {
	t.Helper()
	key, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicJWK()
	if err != nil {
		t.Fatal(err)
	}
	public.Kid, public.Alg, public.Use = "client-key", "ES256", "sig"
	jwk, err := json.Marshal(public)
	if err != nil {
		t.Fatal(err)
	}
	der, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	provider := oidcprovider.Start(t, oidcprovider.Options{PublicJWK: jwk, AccessTokenTTL: ttl})
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return newDesk(t, fmt.Sprintf(`version: 1
default_profile: strict
profiles:
  strict:
    issuer: %s
    client: {id: %s, auth: private_key_jwt, key: "file:%s"}
    assertion: {alg: ES256, kid: client-key}
    grant: authorization_code
    scopes: [openid, offline_access, api]
    login:
      pushed: require
      params: [{name: prompt, value: consent}]
    dpop: {enabled: true}
    api: {scheme: DPoP, hosts: ["%s"]}
`, provider.Issuer, oidcprovider.ClientID, file, strings.TrimPrefix(provider.Issuer, "http://"))), provider
}

// sign fills the provider's two pages: who, and yes.
func sign(page *chromium.Page) {
	page.Type("input[name=login]", "alice")
	page.Type("input[name=password]", "any")
	page.Click("button[type=submit]")
	page.Wait("form[action*='/interaction/'] input[name=prompt][value=consent]")
	page.Click("button[type=submit]")
}

func TestStrictProvider(t *testing.T) {
	browser := chromium.Start(t)
	d, provider := strict(t, 64*time.Second)
	login := d.start(t, "login-pkce", "-v")
	address := d.address(login)
	if u, err := url.Parse(address); err != nil || len(u.Query()) != 2 || u.Query().Get("request_uri") == "" {
		t.Errorf("the browser carries more than a pushed request: %s", address)
	}
	page := browser.Open(t, address, false)
	sign(page)
	page.Wait("body.success")
	token := login.end(0)
	// Neither the token nor an assertion, a proof or an id_token: all but the first begin with eyJ.
	if trace := login.stderr.String(); strings.Contains(trace, token) || strings.Contains(trace, "eyJ") || !strings.Contains(trace, "code_challenge") {
		t.Errorf("-v shows a secret, or nothing:\n%s", trace)
	}
	if kept := d.Must(t, "", "token"); kept != token {
		t.Error("token does not answer from the store")
	}
	headers := d.Must(t, "", "token", "-o", "headers", "--for", "GET https://api.example.org/items?x=1")
	if !strings.HasPrefix(headers, "Authorization: DPoP "+token+"\n") || !strings.Contains(headers, "\nDPoP: eyJ") {
		t.Errorf("headers %d bytes: %.30s", len(headers), headers)
	}
	// The provider takes the token with a proof of the very key it is bound to.
	if me := d.Must(t, "", "curl", "--", "-sS", provider.Issuer+"/me"); !strings.Contains(me, "alice") {
		t.Errorf("userinfo says %s", me)
	}
	time.Sleep(5 * time.Second)
	refreshed := d.Must(t, "", "token")
	if refreshed == token {
		t.Error("the stale token was not refreshed")
	}
	if again := d.Must(t, "", "refresh"); again == refreshed {
		t.Error("refresh gave the old token")
	}
	if end := d.Run(t, "", "logout"); end.Code != 0 || !strings.Contains(end.Stdout, "revoked") ||
		!strings.Contains(end.Stderr, provider.Issuer+"/session/end?client_id="+oidcprovider.ClientID) {
		t.Errorf("logout: exit %d, %s%s", end.Code, end.Stdout, end.Stderr)
	}
	d.refused(t, 8, "token")
}

func TestStrictProviderByDevice(t *testing.T) {
	browser := chromium.Start(t)
	d, provider := strict(t, 5*time.Minute)
	login := d.start(t, "login-device")
	address := login.word(provider.Issuer + "/device")
	code := strings.TrimPrefix(login.word(address+"?user_code="), address+"?user_code=")
	page := browser.Open(t, address, false)
	page.Type("input[name=user_code]", code)
	page.Click("button[type=submit]")
	page.Wait("form[action$='/device'] input[name=confirm]")
	page.Click("button[type=submit]")
	sign(page)
	token := login.end(0)
	if kept := d.Must(t, "", "token"); kept != token {
		t.Error("token does not answer from the store")
	}
	if !strings.Contains(login.stderr.String(), "█") {
		t.Error("no QR code was drawn")
	}
}
