//go:build e2e

package keycloak

import "testing"

// TestFourAnswers are a profile for this server, on either preset.
func TestFourAnswers(t *testing.T) {
	g := needsReal(t)
	for _, preset := range []string{"oidc", "keycloak"} {
		g.features(t, g.issuer(), profilesTemplate).Added(t, preset, "email")
	}
}
