//go:build e2e

package softhsm

import (
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

const profiles = `version: 1
profiles:
  rsa:
    token_url: https://as.example/token
    client: {id: app, auth: private_key_jwt, key: {signer: [./sign01], public: "file:01.pem", env: [HSM_PIN]}}
    assertion: {audience: "https://as.example"}
  ec:
    token_url: https://as.example/token
    client: {id: app, auth: private_key_jwt, key: {signer: [./sign02], public: "file:02.pem", env: [HSM_PIN]}}
    assertion: {audience: "https://as.example"}
`

// TestAKeyThatOnlySoftHSMHolds signs by pkcs11-tool, as docs/signers.md has it.
func TestAKeyThatOnlySoftHSMHolds(t *testing.T) {
	a := program.New(t, profiles)
	h := New(t, a.Home)
	h.Key(t, "01", "rsa:2048")
	h.Key(t, "02", "EC:prime256v1")
	a.Env = append(a.Env, h.Env...)
	for alg, public := range map[string]string{"RS256": "01", "RS512": "01", "PS256": "01", "ES256": "02"} {
		name := map[string]string{"01": "rsa", "02": "ec"}[public]
		a.Signs(t, name, alg, public+".pem")
	}
	a.Env = append(a.Env, "HSM_PIN=wrong-canary")
	said, err := a.Command(t, "assert", "-p", "rsa").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "CKR_PIN_INCORRECT") || strings.Contains(string(said), "canary") {
		t.Errorf("a wrong PIN: %v\n%s", err, said)
	}
}
