//go:build e2e

package tpm

import (
	"strings"
	"testing"

	"authctl/internal/e2e/program"
	"authctl/internal/e2e/softhsm"
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
		a.Signs(t, name, alg, name+".pem")
	}
	if r := a.Run(t, "", "assert", "-p", "rsa", "--alg", "RS384"); r.Code != 3 || !strings.Contains(r.Stderr, "no RS384 here") {
		t.Errorf("exit %d: %s", r.Code, r.Stderr)
	}
}

// TestATokenOfHelseIDWithAKeyOfATPM asks the sandbox.
func TestATokenOfHelseIDWithAKeyOfATPM(t *testing.T) {
	a := program.New(t, "version: 1\nprofiles: {}\n")
	m := New(t, a.Home)
	m.Key(t, "rsa", "rsa2048", "0x81010001")
	m.Key(t, "ec", "ecc256", "0x81010002")
	a.Env = append(append(a.Env, m.Env...), "HSM_PIN=none")
	for alg, name := range map[string]string{"PS256": "rsa", "ES256": "ec"} {
		if r := softhsm.AtHelseID(t, a, name, alg, ""); r.Code != 0 || strings.Count(r.Stdout, ".") != 2 {
			t.Errorf("%s: exit %d, %s%s", alg, r.Code, r.Stdout, r.Stderr)
		}
	}
}
