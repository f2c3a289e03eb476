//go:build e2e

package keycloak

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

// granted is what -o json says of a token.
type granted struct {
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope"`
}

func ask(t *testing.T, a *program.Authctl, args ...string) granted {
	t.Helper()
	var g granted
	if err := json.Unmarshal([]byte(a.Must(t, "", append([]string{"token", "-p", "apis", "-o", "json"}, args...)...)), &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func has(g granted, scope string) bool { return slices.Contains(strings.Fields(g.Scope), scope) }

// TestScopesBesideASession: of one login, a token with fewer scopes (RFC 6749 6),
// and after it the session still has all of them. The realm takes each refresh
// token once.
func TestScopesBesideASession(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	g.person().MustLogin(t, a, "login-pkce", "-p", "apis", "--no-browser")
	own := ask(t, a)
	phone, address := ask(t, a, "--scope", "openid phone"), ask(t, a, "--scope", "openid address")
	if !has(own, "phone") || !has(own, "address") || !has(phone, "phone") || has(phone, "address") || has(address, "phone") || !has(address, "address") {
		t.Errorf("granted %q, %q and %q", own.Scope, phone.Scope, address.Scope)
	}
	for _, one := range []granted{own, phone, address} {
		if g.active(t, one.AccessToken) != "app" {
			t.Error("one of the tokens is not good")
		}
	}
	if ask(t, a).AccessToken != own.AccessToken || ask(t, a, "--scope", "openid phone").AccessToken != phone.AccessToken {
		t.Error("what is kept was not used")
	}
	if again := ask(t, a, "--force"); !has(again, "phone") || !has(again, "address") {
		t.Errorf("a later refresh of the session has %q", again.Scope)
	}
	// A scope that the realm has and the login did not ask for is left out, and
	// said; openid and the client's default scopes stay, named or not.
	more := a.Run(t, "", "token", "-p", "apis", "--scope", "phone microprofile-jwt", "-o", "json")
	var partly granted
	if err := json.Unmarshal([]byte(more.Stdout), &partly); err != nil || more.Code != 0 {
		t.Fatalf("exit %d, %v\n%s", more.Code, err, more.Stderr)
	}
	if !has(partly, "phone") || !has(partly, "openid") || !has(partly, "email") || has(partly, "address") || has(partly, "microprofile-jwt") || !strings.Contains(more.Stderr, "without microprofile-jwt") {
		t.Errorf("a scope that was not granted: %q\n%s", partly.Scope, more.Stderr)
	}
	r := a.Run(t, "", "token", "-p", "apis", "--scope", "nonsense")
	if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, "invalid_scope") || !strings.Contains(r.Stderr, "authctl login-pkce -p apis") {
		t.Errorf("an unknown scope: exit %d\n%s", r.Code, r.Stderr)
	}
	ask(t, a, "--force")
	a.Must(t, "", "logout", "-p", "apis")
	for name, one := range map[string]granted{"own": own, "phone": phone, "address": address} {
		if g.active(t, one.AccessToken) != "" {
			t.Errorf("after logout %s is still good", name)
		}
	}
	if r := a.Run(t, "", "token", "-p", "apis", "--scope", "openid phone"); r.Code != 8 {
		t.Errorf("after logout: exit %d\n%s", r.Code, r.Stderr)
	}
}
