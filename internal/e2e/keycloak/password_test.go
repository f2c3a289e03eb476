//go:build e2e

package keycloak

import (
	"strings"
	"testing"

	"authctl/internal/jwt"
)

// TestPassword is a login by direct access grants: a session that is refreshed
// and ended as any other, and a wrong password that costs it nothing.
func TestPassword(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	login := []string{"login-password", "-p", "password", "--username", g.User, "--password-stdin"}
	seen, err := jwt.Parse(a.Must(t, g.Password+"\n", append(login, "--select", "id_token")...))
	if err != nil {
		t.Fatal(err)
	}
	if email := seen.Claims.String("email"); email != "anna@example.org" {
		t.Errorf("the id_token is %q's", email)
	}
	first := a.Must(t, "", "token", "-p", "password")
	next := a.Must(t, "", "refresh", "-p", "password")
	if first == next || g.active(t, next) != "app" {
		t.Error("the session was not refreshed")
	}

	r := a.Run(t, g.Password+"x", login...)
	if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, "Invalid user credentials") || strings.Contains(r.Stderr, g.Password) {
		t.Errorf("a wrong password: exit %d, %q\n%s", r.Code, r.Stdout, r.Stderr)
	}
	if a.Must(t, "", "token", "-p", "password") != next {
		t.Error("a wrong password cost the older session")
	}

	old := a.Must(t, "", "token", "-p", "password", "--select", "refresh_token")
	a.Must(t, "", "logout", "-p", "password")
	if r := a.Run(t, "", "token", "-p", "password"); r.Code != 8 || !strings.Contains(r.Stderr, "authctl login-password -p password") {
		t.Errorf("after the logout: exit %d\n%s", r.Code, r.Stderr)
	}
	if r := a.Run(t, old, "refresh", "-p", "password", "--refresh-token", "-"); r.Code == 0 {
		t.Error("the server does not know of the logout")
	}
}

// TestPasswordWithAClientThatMayNot is told how the client is registered, in the server's words.
func TestPasswordWithAClientThatMayNot(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	r := a.Run(t, g.Password, "login-password", "-p", "gateway", "--username", g.User, "--password-stdin")
	if r.Code != 4 || !strings.Contains(r.Stderr, "unauthorized_client") || !strings.Contains(r.Stderr, "the grant password") {
		t.Errorf("exit %d\n%s", r.Code, r.Stderr)
	}
}
