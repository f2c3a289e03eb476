package cmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/keys"
)

// importable is a client configuration whose key is recognisable anywhere.
const importable = `{"clientName":"CPPA","authority":"https://helseid-sts.test.nhn.no","clientId":"c","privateJwk":` +
	`"{\u0022kty\u0022:\u0022OKP\u0022,\u0022crv\u0022:\u0022Ed25519\u0022,\u0022d\u0022:\u0022nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\u0022,` +
	`\u0022x\u0022:\u002211qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\u0022}"}`

func TestImportedKeyGoesIntoTheKeyring(t *testing.T) {
	d := newDesk(t)
	d.want(importable, 0, "cppa\n", "profile", "import", "-")
	stored, err := d.ring.Get("authctl/cppa", "client_key")
	if err != nil {
		t.Fatal(err)
	}
	if k, err := keys.Load([]byte(stored), keys.Options{}); err != nil || k.Signer == nil {
		t.Errorf("the keyring holds no private key: %v", err)
	}
	folder := filepath.Join(filepath.Dir(d.env["AUTHCTL_CONFIG"]), "profiles.d")
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files in profiles.d, %v", len(entries), err)
	}
	written, err := os.ReadFile(filepath.Join(folder, "cppa.yaml"))
	if err != nil || strings.Contains(string(written), "nWGxne") || !strings.Contains(string(written), "key: keyring:client_key") {
		t.Errorf("%s, %v", written, err)
	}
	d.want("", 0, "eyJ", "assert", "-p", "cppa")
}

func TestImportLeavesNoProfileWithoutItsKey(t *testing.T) {
	d := newDesk(t)
	d.ring.Fail = func(string) error { return errors.New("no") }
	d.want(importable, 6, "--key-in file", "profile", "import", "-")
	if _, err := os.Stat(filepath.Join(filepath.Dir(d.env["AUTHCTL_CONFIG"]), "profiles.d")); err == nil {
		t.Error("a folder was made for a profile whose key could not be kept")
	}
	// A store of files says where this machine keeps things.
	d.want(importable, 0, "in the file", "profile", "import", "-", "--store", "file")
}

func TestImportReplacesNothingInTheMainFile(t *testing.T) {
	d := newDesk(t)
	for _, more := range [][]string{nil, {"--replace"}} {
		d.want(importable, 3, "there is a profile", append([]string{"profile", "import", "-", "--name", "salus"}, more...)...)
	}
	if _, err := d.ring.Get("authctl/salus", "client_key"); err == nil {
		t.Error("the key was stored for a profile that is not its own")
	}
}
