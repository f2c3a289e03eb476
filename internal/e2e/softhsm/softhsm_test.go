//go:build e2e

package softhsm

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

const (
	module = "/usr/lib/softhsm/libsofthsm2.so"
	pin    = "1234-canary"
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
	for _, name := range []string{"softhsm2-util", "pkcs11-tool", "openssl"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not here (Debian: softhsm2, opensc, openssl)", name)
		}
	}
	if _, err := os.Stat(module); err != nil {
		t.Skip(err)
	}
	a := program.New(t, profiles)
	conf := filepath.Join(a.Home, "softhsm.conf")
	put(t, filepath.Join(a.Home, "tokens", "none"), "")
	put(t, conf, "directories.tokendir = "+filepath.Join(a.Home, "tokens")+"\n")
	t.Setenv("SOFTHSM2_CONF", conf)
	t.Setenv("HSM_PIN", pin)
	run(t, "softhsm2-util", "--init-token", "--free", "--label", "t", "--pin", pin, "--so-pin", "5678")
	for id, kind := range map[string]string{"01": "rsa:2048", "02": "EC:prime256v1"} {
		run(t, "pkcs11-tool", "--module", module, "--login", "--pin", pin, "--keypairgen", "--key-type", kind, "--id", id)
		der := filepath.Join(a.Home, id+".der")
		run(t, "pkcs11-tool", "--module", module, "--read-object", "--type", "pubkey", "--id", id, "-o", der)
		run(t, "openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-out", filepath.Join(a.Home, id+".pem"))
		script := strings.ReplaceAll(strings.ReplaceAll(recipe(t), "--id 01", "--id "+id), "KLG_PIN", "HSM_PIN")
		put(t, filepath.Join(a.Home, "sign"+id), script)
	}
	a.Env = append(a.Env, "SOFTHSM2_CONF="+conf, "HSM_PIN="+pin)
	for alg, public := range map[string]string{"RS256": "01", "RS512": "01", "PS256": "01", "ES256": "02"} {
		name := map[string]string{"01": "rsa", "02": "ec"}[public]
		out, err := a.Command(t, "assert", "-p", name, "--alg", alg).Output()
		if err != nil {
			t.Errorf("%s: %v", alg, err)
			continue
		}
		put(t, filepath.Join(a.Home, "a.jwt"), string(out))
		said, err := a.Command(t, "decode", "--verify", "--key", public+".pem", "--issuer", "app", "--audience", "https://as.example", "a.jwt").CombinedOutput()
		if err != nil || !strings.Contains(string(said), "VERIFIED: signature") || !strings.Contains(string(said), alg) {
			t.Errorf("%s: %v\n%s", alg, err, said)
		}
	}
	a.Env = append(a.Env, "HSM_PIN=wrong-canary")
	said, err := a.Command(t, "assert", "-p", "rsa").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "CKR_PIN_INCORRECT") || strings.Contains(string(said), "canary") {
		t.Errorf("a wrong PIN: %v\n%s", err, said)
	}
}

// recipe is the script of docs/signers.md.
func recipe(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "signers.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(page), "#!/bin/sh\n# sign-klg")
	body, _, _ := strings.Cut(after, "```")
	if !ok {
		t.Fatal("docs/signers.md has no recipe for pkcs11-tool")
	}
	return "#!/bin/sh\n# sign-klg" + body
}

func run(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", argv[0], err, out)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil { //nolint:gosec // the scripts run
		t.Fatal(err)
	}
}
