package cmd

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/app"
	"authctl/internal/fakes"
	"authctl/internal/secret"
)

// desk is a machine with a keyring in memory and one profiles file.
type desk struct {
	t        *testing.T
	ring     *fakes.Keyring
	env      map[string]string
	terminal bool
	prompt   func() (secret.Text, error)
	edit     func(path string) error
	quiet    bool // the output may hold the secret
}

func newDesk(t *testing.T) *desk {
	dir := t.TempDir()
	file := filepath.Join(dir, "profiles.yaml")
	profiles := `version: 1
default_profile: salus
profiles:
  salus:
    token_url: https://salus.example/token
    client: {id: c, auth: client_secret_basic, secret: keyring:client_secret}
    api: {headers: [{name: X-Key, secret: keyring:subscription}, {name: X-Again, secret: keyring:client_secret}]}
`
	if err := os.WriteFile(file, []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, ring: &fakes.Keyring{}, env: map[string]string{"AUTHCTL_CONFIG": file, "HOME": dir, "NO_COLOR": "1"}}
}

// run is one process; it returns stdout, stderr and the exit code.
func (d *desk) run(stdin string, args ...string) (string, string, int) {
	var out, errs bytes.Buffer
	sys := app.System{
		In: strings.NewReader(stdin), Out: &out, Err: &errs, Rand: rand.Reader, Now: time.Now, Keyring: d.ring,
		Env:        func(name string) (string, bool) { v, ok := d.env[name]; return v, ok },
		IsTerminal: func(int) bool { return d.terminal },
		Columns:    func(int) int { return 1000 }, // no message is broken
	}
	if d.prompt != nil {
		sys.Prompt = func(context.Context, string) (secret.Text, error) { return d.prompt() }
	}
	if d.edit != nil {
		sys.Edit = func(_ context.Context, path string) error { return d.edit(path) }
	}
	code := Main(context.Background(), sys, args)
	if all := out.String() + errs.String(); !d.quiet && strings.Contains(all, "CANARY") {
		d.t.Errorf("%v shows the secret:\n%s", args, all)
	}
	return out.String(), errs.String(), code
}

func (d *desk) want(stdin string, code int, text string, args ...string) {
	d.t.Helper()
	out, errs, got := d.run(stdin, args...)
	if got != code || !strings.Contains(out+errs, text) {
		d.t.Errorf("%v: exit %d, want %d and %q:\n%s%s", args, got, code, text, out, errs)
	}
}

func (d *desk) stored(want string) {
	d.t.Helper()
	if got, _ := d.ring.Get("authctl/salus", "client_secret"); got != want {
		d.t.Errorf("stored %q", got)
	}
}

func TestSecretFromStdin(t *testing.T) {
	d := newDesk(t)
	d.want("CANARY one\nCANARY two\n", 2, "it has more than one line", "secret", "set", "client_secret")
	d.want("CANARY\x00", 2, "NUL", "secret", "set", "client_secret")
	d.stored("")
	d.want("\ufeffCANARY\r\n", 0, "is stored", "secret", "set", "client_secret")
	d.stored("CANARY")
	d.want("CANARY-å", 0, "note: it has characters beyond ASCII", "secret", "set", "client_secret")
	d.want("\xfe\xff\x00C\x00A\x00N\x00\n", 0, "is stored in the OS keyring, service authctl/salus", "secret", "set", "client_secret")
	d.stored("CAN")
	d.want("CANARY one\nCANARY two\n", 0, "is stored", "secret", "set", "subscription")
	if key, _ := d.ring.Get("authctl/salus", "subscription"); key != "CANARY one\nCANARY two" {
		t.Errorf("stored %q", key)
	}
	d.want("", 0, "is removed", "secret", "delete", "subscription")
	d.want("", 0, "client_secret  keyring  client.secret, api.headers[1].secret", "secret", "list")
	d.want("", 0, "subscription   missing", "secret", "list")
	d.want("", 0, `{"name":"client_secret","present":true,"where":"keyring","fields":["client.secret","api.headers[1].secret"]}`, "secret", "list", "-o", "json")
	d.want("", 0, "is removed", "secret", "delete", "client_secret")
	d.want("", 3, "is not stored", "secret", "delete", "client_secret")
	d.stored("")
}

func TestSecretFromAPrompt(t *testing.T) {
	d := newDesk(t)
	d.terminal, d.prompt = true, func() (secret.Text, error) { return secret.New("CANARY"), nil }
	d.want("not this", 0, "is stored", "secret", "set", "client_secret")
	d.stored("CANARY")
	d.prompt = func() (secret.Text, error) { return secret.Text{}, context.Canceled }
	if _, _, code := d.run("not this", "secret", "set", "client_secret"); code == 0 {
		t.Error("an interrupted prompt stored something")
	}
	d.stored("CANARY")
}

func TestSecretIsRefused(t *testing.T) {
	d := newDesk(t)
	d.want("\n", 2, "no secret was given", "secret", "set", "client_secret")
	d.want("CANARY", 2, "is no name of a secret", "secret", "set", "a\nb")
	d.want("CANARY", 2, "is no name of a secret", "secret", "set", "keyring:x")
	d.want(strings.Repeat("x", maxSecret+1), 2, "larger than 128 KiB", "secret", "set", "client_secret")
	d.want("", 2, "needs one NAME", "secret", "set", "client_secret", "value")
	d.want("", 2, "unknown flag", "secret", "set", "client_secret", "--value", "x")
	d.stored("")
	d.env["AUTHCTL_CONFIG"] = filepath.Join(t.TempDir(), "none.yaml")
	d.want("CANARY", 2, "which profile", "secret", "set", "client_secret")
}

func TestSecretNotes(t *testing.T) {
	d := newDesk(t)
	d.want("CANARY", 0, "note: no field of profile salus refers to keyring:other", "secret", "set", "other")
	d.want("CANARY", 3, "there is no profile \"salsu\"", "secret", "set", "client_secret", "-p", "salsu")
	d.want("", 3, "did you mean salus?", "secret", "delete", "client_secret", "-p", "salsu")
	d.want("", 3, "did you mean salus?", "secret", "list", "-p", "salsu")
	d.env["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"] = "CANARY-env"
	d.want("CANARY", 0, "note: AUTHCTL_SECRET_SALUS_CLIENT_SECRET is set and goes before it", "secret", "set", "client_secret")
	d.want("", 0, "client_secret  AUTHCTL_SECRET_SALUS_CLIENT_SECRET", "secret", "list")
	if out, errs, _ := d.run("CANARY", "secret", "set", "client_secret", "-q"); out+errs != "" {
		t.Errorf("--quiet says %q", out+errs)
	}
}

func TestSecretNamesAreCompleted(t *testing.T) {
	d := newDesk(t)
	d.want("", 0, "client_secret\nsubscription\n:4", "__complete", "secret", "set", "")
	d.want("", 0, ":4", "__complete", "secret", "set", "client_secret", "")
	if d.ring.Calls() != 0 {
		t.Error("completion asked the keyring")
	}
}

func TestSecretWithABadKeyring(t *testing.T) {
	d := newDesk(t)
	d.ring.Forget = true
	d.want("CANARY", 6, "reported success but did not change the item", "secret", "set", "client_secret")
	d.ring.Forget = false
	d.ring.Fail = func(string) error { return errors.New("odd daemon") }
	d.want("CANARY", 6, "odd daemon", "secret", "set", "client_secret")
	d.want("", 6, "AUTHCTL_SECRET_SALUS_CLIENT_SECRET", "secret", "list")
	d.want("", 6, `"kind":"store"`, "secret", "list", "-o", "json")
	d.want("", 6, "odd daemon", "secret", "delete", "client_secret")
}
