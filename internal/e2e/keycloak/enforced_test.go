//go:build e2e

package keycloak

import (
	"strings"
	"testing"
)

// TestEnforced: what the table shows to work at the stricter clients is what they
// demand. Without it Keycloak says no, and authctl says what to set.
func TestEnforced(t *testing.T) {
	g := needsReal(t)
	s := g.features(t, g.issuer(), enforcedProfiles)
	r := s.Run(t, "", "token", "-p", "unproven")
	if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, "DPoP proof is missing") || !strings.Contains(r.Stderr, "dpop.enabled") {
		t.Errorf("a DPoP-bound client without a proof: exit %d\n%s", r.Code, r.Stderr)
	}
	r = s.Person.Login(t, s.Authctl, "login-pkce", "-p", "unpushed", "--no-browser")
	if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, "Pushed Authorization Request is only allowed") {
		t.Errorf("a PAR-required client without PAR: exit %d\n%s", r.Code, r.Stderr)
	}
}

const enforcedProfiles = `version: 1
profiles:
  unproven:
    issuer: {{.Issuer}}
    client: {id: dpop, auth: client_secret_basic, secret: "file:{{.Folder}}/secret"}
  unpushed:
    issuer: {{.Issuer}}
    client: {id: web, auth: client_secret_basic, secret: "file:{{.Folder}}/secret"}
    grant: authorization_code
    scopes: [openid]
    login: {pushed: never}
`
