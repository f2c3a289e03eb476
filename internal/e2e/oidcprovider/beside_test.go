//go:build e2e

package oidcprovider

import (
	"strings"
	"testing"

	"authctl/internal/e2e/person"
	"authctl/internal/jwt"
)

// TestOneLoginTwoResources: of one login, a token for each of two resources
// (RFC 8707), both bound to the session's DPoP key, while the session's own
// token and refresh token go on. The provider ends a session whose refresh token
// is sent twice.
func TestOneLoginTwoResources(t *testing.T) {
	_, a := start(t, 0)
	person.Person{User: "alice", Password: "any"}.MustLogin(t, a, "login-pkce", "-p", "apis", "--no-browser")
	own := a.Must(t, "", "token", "-p", "apis")
	bound := map[string]bool{}
	for _, api := range []string{"https://api-one.example", "https://api-two.example"} {
		token := a.Must(t, "", "token", "-p", "apis", "--resource", api)
		seen, err := jwt.Parse(token)
		if err != nil {
			t.Fatal(err)
		}
		if to := seen.Claims.String("aud"); to != api {
			t.Errorf("--resource %s gives a token for %q", api, to)
		}
		bound[string(seen.Claims.Raw("cnf"))] = true
		if a.Must(t, "", "token", "-p", "apis", "--resource", api) != token {
			t.Error("the second call asked again")
		}
	}
	if len(bound) != 1 || bound[""] {
		t.Errorf("bound to %v", bound)
	}
	if a.Must(t, "", "token", "-p", "apis") != own {
		t.Error("the session has another token")
	}
	if a.Must(t, "", "refresh", "-p", "apis") == own {
		t.Error("refresh gave the old token")
	}
	a.Must(t, "", "token", "-p", "apis", "--resource", "https://api-one.example", "--force")
	// This provider spends the refresh token before it looks at the resource: the
	// refusal has ended the session, and the command that finds out says so.
	if r := a.Run(t, "", "token", "-p", "apis", "--resource", "https://elsewhere.example"); r.Code != 4 || !strings.Contains(r.Stderr, "invalid_target") {
		t.Errorf("another resource: exit %d\n%s", r.Code, r.Stderr)
	}
	if r := a.Run(t, "", "refresh", "-p", "apis"); r.Code != 8 || !strings.Contains(r.Stderr, "refused a token for resource https://elsewhere.example") {
		t.Errorf("then: exit %d\n%s", r.Code, r.Stderr)
	}
}
