package cmd_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// objects is a desk whose client signs its authorization requests with a key that
// the server knows.
func objects(t *testing.T, block string) *desk {
	t.Helper()
	key, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, strings.Replace(demo, "client: {id: app, auth: none}", "client: {id: app, auth: none, key: 'file:app.pem'}\n"+block, 1))
	pem, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.home, "app.pem"), pem, 0o600); err != nil {
		t.Fatal(err)
	}
	d.server.ClientKey = key
	return d
}

// TestARequestObjectHoldsTheWholeRequest (RFC 9101 4, FAPI 2.0 Message Signing 5.3.1).
func TestARequestObjectHoldsTheWholeRequest(t *testing.T) {
	d := objects(t, `    assertion: {kid: thumbprint}
    authorization_details: [{type: account}]
    resource: [https://one.example/, https://two.example/]
    login: {request_object: {lifetime: 1m}, params: [{name: max_age, value: 600}, {name: claims, value: '{"userinfo":{}}'}]}`)
	d.server.IDToken = func(c map[string]any) { c["auth_time"] = time.Now().Unix() }
	d.must(d.run(t.Context(), "login-pkce", "--login-hint", "a@b.example", "-v"), 0)
	asked := d.server.Seen("/authorize")[0].Params
	if len(asked) != 2 || asked["client_id"] != "app" {
		t.Errorf("beside the request object there is %v", asked)
	}
	signed, err := jwt.Verify(asked["request"], jwt.VerifyOptions{
		Keys: []*keys.Key{d.server.ClientKey}, Typ: "oauth-authz-req+jwt", Issuer: "app", Audience: d.server.URL, Now: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"response_type": `"code"`, "client_id": `"app"`, "scope": `"openid offline_access"`, "code_challenge_method": `"S256"`,
		"login_hint": `"a@b.example"`, "max_age": "600", "claims": `{"userinfo":{}}`, "aud": `"` + d.server.URL + `"`,
		"authorization_details": `[{"type":"account"}]`, "resource": `["https://one.example/","https://two.example/"]`,
	} {
		if got := string(signed.Claims.Raw(name)); got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge", "redirect_uri", "jti"} {
		if signed.Claims.String(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	nbf, _ := signed.Claims.Time("nbf")
	if exp, _ := signed.Claims.Time("exp"); exp.Sub(nbf) != time.Minute {
		t.Errorf("good from %v to %v", nbf, exp)
	}
	if thumb, _ := d.server.ClientKey.Thumbprint(); signed.KID() != thumb {
		t.Errorf("kid %q", signed.KID())
	}
}

// TestARequestObjectIsPushed: whole (RFC 9126 3), and a new one when the server
// asks for a DPoP nonce.
func TestARequestObjectIsPushed(t *testing.T) {
	d := objects(t, "    par_url: ISSUER/par\n    dpop: {enabled: true}\n    request: {params: [{name: tenant, value: x}]}\n    login: {request_object: {}}")
	first := true
	d.server.PAR = func(w http.ResponseWriter) bool {
		if !first {
			return false
		}
		first = false
		w.Header().Set("DPoP-Nonce", "n")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "use_dpop_nonce"})
		return true
	}
	o := d.must(d.run(t.Context(), "login-pkce", "-v"), 0)
	pushed := d.server.Seen("/par")
	if len(pushed) != 2 || pushed[0].Params["request"] == pushed[1].Params["request"] {
		t.Fatalf("pushed %d times", len(pushed))
	}
	if p := pushed[1].Params; len(p) != 2 || p["client_id"] != "app" || p["request"] == "" {
		t.Errorf("pushed %v", p)
	}
	if strings.Contains(o.stderr, pushed[1].Params["request"]) {
		t.Error("-v shows the request object, which holds the state")
	}
	if asked := d.server.Seen("/authorize")[0].Params; len(asked) != 2 || asked["request_uri"] == "" {
		t.Errorf("the browser carries %v", asked)
	}
}

// TestNoRequestObjectNoBrowser: a key that cannot sign is said before a person is
// troubled, and what was to be signed never goes unsigned, refused as a pushed
// request or not.
func TestNoRequestObjectNoBrowser(t *testing.T) {
	for name, c := range map[string]struct {
		block, says string
		code        int
	}{
		"by value":  {"    login: {request_object: {alg: RS256}}", "login.request_object.alg", 3},
		"pushed":    {"    par_url: ISSUER/par\n    login: {request_object: {alg: RS256}}", "login.request_object.alg", 3},
		"no alg":    {"    login: {request_object: {alg: none}}", "login.request_object.alg", 3},
		"refused":   {"    login: {request_object: {}}", "the pushed authorization request", 4},
		"no object": {"    login: {request_object: {encrypt: none}}", "encrypt", 3},
	} {
		t.Run(name, func(t *testing.T) {
			d := objects(t, c.block)
			if name == "refused" {
				d.server.Document = func(doc map[string]any) { doc["pushed_authorization_request_endpoint"] = d.server.URL + "/par" }
			}
			d.server.PAR = func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusUnauthorized); return true }
			o := d.must(d.run(context.WithoutCancel(t.Context()), "login-pkce"), c.code)
			if len(d.browser.Opened()) != 0 || !strings.Contains(o.stderr, c.says) {
				t.Errorf("opened %d, says %s", len(d.browser.Opened()), o.stderr)
			}
		})
	}
}
