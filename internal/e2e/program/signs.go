//go:build e2e

package program

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Signs has a profile make a client assertion of alg, and verifies it with the public
// key in the file public. Issuer is app, the audience https://as.example.
func (a *Authctl) Signs(t testing.TB, profile, alg, public string) {
	t.Helper()
	signed := a.Must(t, "", "assert", "-p", profile, "--alg", alg)
	if err := os.WriteFile(filepath.Join(a.Home, "a.jwt"), []byte(signed), 0o600); err != nil {
		t.Fatal(err)
	}
	said := a.Must(t, "", "decode", "--verify", "--key", public, "--issuer", "app", "--audience", "https://as.example", "a.jwt")
	if !strings.Contains(said, "VERIFIED: signature") || !strings.Contains(said, alg) {
		t.Errorf("%s: %s", alg, said)
	}
}
