//go:build e2e

package oidcprovider

import (
	"crypto/rand"
	"testing"

	"authctl/internal/e2e/nginx"
)

// TestFourAnswers are a profile for this server.
func TestFourAnswers(t *testing.T) {
	s, _ := (&open{folder: t.TempDir(), secret: rand.Text() + rand.Text(), pki: nginx.NewPKI(t)}).start(t)
	s.Added(t, "oidc", "api")
}
