//go:build e2e

package tpm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

const profiles = `version: 1
profiles:
  rsa:
    token_url: https://as.example/token
    client: {id: app, auth: private_key_jwt, key: {signer: [./signrsa], public: "file:rsa.pem"}}
    assertion: {audience: "https://as.example"}
  ec:
    token_url: https://as.example/token
    client: {id: app, auth: private_key_jwt, key: {signer: [./signec], public: "file:ec.pem"}}
    assertion: {audience: "https://as.example"}
`

// TestAKeyThatOnlyATPMHolds signs by tpm2_sign, as docs/signers.md has it.
func TestAKeyThatOnlyATPMHolds(t *testing.T) {
	a := program.New(t, profiles)
	m := New(t, a.Home)
	m.Key(t, "rsa", "rsa2048", "0x81010001")
	m.Key(t, "ec", "ecc256", "0x81010002")
	a.Env = append(a.Env, m.Env...)
	for alg, name := range map[string]string{"RS256": "rsa", "PS256": "rsa", "ES256": "ec"} {
		signed := a.Must(t, "", "assert", "-p", name, "--alg", alg)
		if err := os.WriteFile(filepath.Join(a.Home, "a.jwt"), []byte(signed), 0o600); err != nil {
			t.Fatal(err)
		}
		said := a.Must(t, "", "decode", "--verify", "--key", name+".pem", "--issuer", "app", "--audience", "https://as.example", "a.jwt")
		if !strings.Contains(said, "VERIFIED: signature") || !strings.Contains(said, alg) {
			t.Errorf("%s: %s", alg, said)
		}
	}
	if r := a.Run(t, "", "assert", "-p", "rsa", "--alg", "RS384"); r.Code != 3 || !strings.Contains(r.Stderr, "no RS384 here") {
		t.Errorf("exit %d: %s", r.Code, r.Stderr)
	}
}
