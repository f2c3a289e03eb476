//go:build e2e

package softhsm

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// Module is the PKCS#11 library of Debian's softhsm2.
	Module = "/usr/lib/softhsm/libsofthsm2.so"
	// PIN opens the token; nothing that authctl writes may hold it.
	PIN = "1234-canary"
)

// HSM is a token of SoftHSM2 in a folder.
type HSM struct {
	Folder string
	// Env is what a program needs to use it. The PIN is HSM_PIN.
	Env []string
}

// Absent says what this machine lacks for it, "" where it has all.
func Absent() string {
	for _, name := range []string{"softhsm2-util", "pkcs11-tool", "openssl"} {
		if _, err := exec.LookPath(name); err != nil {
			return name + " is not here (Debian: softhsm2, opensc, openssl)"
		}
	}
	if _, err := os.Stat(Module); err != nil {
		return err.Error()
	}
	return ""
}

// New makes an empty token, or skips the test where this machine cannot.
func New(t *testing.T, folder string) *HSM {
	t.Helper()
	if why := Absent(); why != "" {
		t.Skip(why)
	}
	conf := filepath.Join(folder, "softhsm.conf")
	put(t, filepath.Join(folder, "tokens", "none"), "")
	put(t, conf, "directories.tokendir = "+filepath.Join(folder, "tokens")+"\n")
	h := &HSM{Folder: folder, Env: []string{"SOFTHSM2_CONF=" + conf, "HSM_PIN=" + PIN}}
	h.run(t, "softhsm2-util", "--init-token", "--free", "--label", "t", "--pin", PIN, "--so-pin", "5678")
	return h
}

// Key has the token make a key of a kind, as pkcs11-tool calls it, and writes ID.pem, its
// public half, and signID, the recipe of docs/signers.md for it.
func (h *HSM) Key(t *testing.T, id, kind string) {
	t.Helper()
	h.run(t, "pkcs11-tool", "--module", Module, "--login", "--pin", PIN, "--keypairgen", "--key-type", kind, "--id", id, "--label", "key "+id)
	der := filepath.Join(h.Folder, id+".der")
	h.run(t, "pkcs11-tool", "--module", Module, "--read-object", "--type", "pubkey", "--id", id, "-o", der)
	h.run(t, "openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-out", filepath.Join(h.Folder, id+".pem"))
	script := strings.ReplaceAll(strings.ReplaceAll(Recipe(t, "sign-klg"), "--id 01", "--id "+id), "KLG_PIN", "HSM_PIN")
	put(t, filepath.Join(h.Folder, "sign"+id), script)
}

// Recipe is the script of docs/signers.md whose comment begins with name.
func Recipe(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "signers.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(page), "#!/bin/sh\n# "+name)
	body, _, _ := strings.Cut(after, "```")
	if !ok {
		t.Fatal("docs/signers.md has no recipe " + name)
	}
	return "#!/bin/sh\n# " + name + body
}

func (h *HSM) run(t *testing.T, argv ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	c.Env = append(os.Environ(), h.Env...)
	if out, err := c.CombinedOutput(); err != nil {
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
