//go:build e2e

package keycloak

import (
	"testing"

	"authctl/internal/e2e/person"
	"authctl/internal/jwt"
)

func (g *gateway) person() person.Person { return person.Person{User: g.User, Password: g.Password} }

// TestLogin is authorization code with PKCE at the realm's public client, the
// person played by a plain HTTP client.
func TestLogin(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	token := g.person().MustLogin(t, a, "login-pkce", "-p", "person", "--no-browser", "--select", "id_token")
	seen, err := jwt.Parse(token)
	if err != nil {
		t.Fatal(err)
	}
	if email := seen.Claims.String("email"); email != "anna@example.org" {
		t.Errorf("the id_token is %q's", email)
	}
	if g.active(t, a.Must(t, "", "token", "-p", "person", "--force")) != "app" {
		t.Error("the session was not refreshed")
	}
}
