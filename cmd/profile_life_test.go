package cmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/secretstore"
)

func (d *desk) file() string {
	d.t.Helper()
	text, err := os.ReadFile(d.env["AUTHCTL_CONFIG"])
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

// keeps is which of the secrets the keyring has under a profile's name.
func (d *desk) keeps(profile, want string) {
	d.t.Helper()
	var got []string
	for _, name := range []string{"client_secret", "subscription"} {
		if _, err := d.ring.Get("authctl/"+profile, name); err == nil {
			got = append(got, name)
		}
	}
	if all := strings.Join(got, " "); all != want {
		d.t.Errorf("%s has %q, want %q", profile, all, want)
	}
}

func newLife(t *testing.T) *desk {
	d := newDesk(t)
	d.want("CANARY1", 0, "is stored", "secret", "set", "client_secret")
	d.want("CANARY2", 0, "is stored", "secret", "set", "subscription")
	return d
}

func TestRemoveAsks(t *testing.T) {
	d := newLife(t)
	before := d.file()
	d.want("y\n", 2, "nobody is there to be asked", "profile", "remove", "salus") // a script's stdin is no answer
	d.terminal = true
	for _, answer := range []string{"\n", "n\n", "yess\n", ""} {
		d.want(answer, 2, "remove profile salus with its secrets client_secret, subscription from ", "profile", "remove", "salus")
	}
	if d.file() != before {
		t.Errorf("it was changed:\n%s", d.file())
	}
	d.keeps("salus", "client_secret subscription")
	d.want("y\n", 0, "salus: removed", "profile", "remove", "salus")
	d.keeps("salus", "")
	if d.file() != "version: 1\nprofiles:\n" {
		t.Errorf("left:\n%s", d.file())
	}
	d.want("", 3, "there are no profiles", "profile", "remove", "salus", "--yes")
}

// A keyring that does not give its items up keeps the profile: it names them.
func TestRemoveWithALockedKeyring(t *testing.T) {
	for call, hint := range map[string]string{"get": "unlock it", "delete": "the profile stays until its secrets are gone"} {
		d := newLife(t)
		before := d.file()
		d.ring.Fail = func(now string) error {
			if now == call {
				return secretstore.ErrLocked
			}
			return nil
		}
		d.want("", 6, hint, "profile", "remove", "salus", "--yes")
		if d.file() != before {
			t.Errorf("%s: the profile is gone:\n%s", call, d.file())
		}
		d.ring.Fail = nil
		d.want("", 0, "salus: removed", "profile", "remove", "salus", "--yes")
		d.keeps("salus", "")
	}
}

// Without any keyring there can be nothing in one here: said, and no reason to stay.
func TestRemoveWithoutAKeyring(t *testing.T) {
	d := newDesk(t)
	d.ring.Fail = func(string) error { return secretstore.ErrNoKeyring }
	d.want("", 0, "where there is one it may hold keyring:client_secret of salus", "profile", "remove", "salus", "--yes")
}

func TestRemoveTakesTheKeyFileOfImport(t *testing.T) {
	d := newDesk(t)
	dir := filepath.Join(filepath.Dir(d.env["AUTHCTL_CONFIG"]), "profiles.d")
	for name, text := range map[string]string{
		"w.key":  "k",
		"w.yaml": "token_url: https://a.example/\nclient: {id: c, auth: private_key_jwt, key: \"file:" + dir + "/w.key\"}\nassertion: {audience: token_url}\n",
	} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.want("", 0, "w: removed", "profile", "remove", "w", "--yes")
	d.nothingAdded()
}

// A key that is being replaced has neighbours, and they are the profile's too.
func TestRemoveTakesTheNeighboursOfAKey(t *testing.T) {
	d := newDesk(t)
	text := "version: 1\nprofiles:\n  w:\n    token_url: https://a.example/\n    client: {id: c, auth: private_key_jwt, key: \"keyring:k\"}\n    assertion: {audience: token_url}\n"
	if err := os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	names := []string{"k", "k.new", "k.old"}
	for _, name := range names {
		if err := d.ring.Set("authctl/w", name, "CANARY"); err != nil {
			t.Fatal(err)
		}
	}
	d.want("", 0, "3 secrets", "profile", "rename", "w", "v")
	for _, name := range names {
		if got, err := d.ring.Get("authctl/v", name); err != nil || got != "CANARY" {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.want("", 0, "keyring:k.new of v is removed", "profile", "remove", "v", "--yes")
	for _, name := range names {
		if _, err := d.ring.Get("authctl/v", name); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}

func TestRenameTakesSecretsAlong(t *testing.T) {
	d := newLife(t)
	d.env["AUTHCTL_SECRET_SALUS_SUBSCRIPTION"] = "CANARY3"
	d.want("", 0, "note: AUTHCTL_SECRET_SALUS_SUBSCRIPTION stands in for keyring:subscription no longer: set AUTHCTL_SECRET_NEW_SUBSCRIPTION", "profile", "rename", "salus", "new")
	d.keeps("new", "client_secret")
	delete(d.env, "AUTHCTL_SECRET_SALUS_SUBSCRIPTION")
	d.want("", 0, "new.2\n", "profile", "rename", "new", "new.2")
	d.keeps("new.2", "client_secret")
	d.keeps("new", "")
	if got := d.file(); !strings.Contains(got, "default_profile: new.2\n") || !strings.Contains(got, "\n  new.2:\n    token_url") {
		t.Errorf("left:\n%s", got)
	}
}

// Whatever fails, one of the two names has everything.
func TestRenameFailsWhole(t *testing.T) {
	for name, c := range map[string]struct {
		call string
		at   int // the call that fails, and all after it
		code int
		text string
		has  string
	}{
		"before anything":   {"set", 1, 6, "could not be changed", ""},
		"between two":       {"set", 2, 6, "could not be changed", ""},
		"the old ones stay": {"delete", 1, 6, "is still kept under the name salus, too: authctl secret delete client_secret -p salus", "client_secret subscription"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newLife(t)
			before, calls := d.file(), 0
			d.ring.Fail = func(call string) error {
				if call == c.call {
					calls++
				}
				if call == c.call && calls >= c.at {
					return errors.New("odd")
				}
				return nil
			}
			d.want("", c.code, c.text, "profile", "rename", "salus", "new")
			d.ring.Fail = nil
			d.keeps("salus", "client_secret subscription")
			d.keeps("new", c.has)
			if renamed := d.file() != before; renamed != (c.has != "") {
				t.Errorf("renamed: %v\n%s", renamed, d.file())
			}
		})
	}
	d := newLife(t)
	if err := d.ring.Set("authctl/new", "subscription", "another's"); err != nil {
		t.Fatal(err)
	}
	d.want("", 3, "keyring:subscription of new is there already (keyring)", "profile", "rename", "salus", "new")
	d.keeps("new", "subscription")
	// What a rename that was killed left there is no obstacle to the next.
	left, err := d.ring.Get("authctl/salus", "subscription")
	if err == nil {
		err = d.ring.Set("authctl/new", "subscription", left)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.want("", 0, "profile salus is new now", "profile", "rename", "salus", "new")
	d.keeps("new", "client_secret subscription")
	d.keeps("salus", "")
}

// A fault is shown at once and the text kept, until it is right or given up.
func TestEditAgain(t *testing.T) {
	d := newDesk(t)
	d.terminal = true
	before := d.file()
	texts := []string{"version: 2\n", "version: 1\nprofiles: {}\n"}
	d.edit = func(path string) error {
		text := texts[0]
		texts = texts[1:]
		return os.WriteFile(path, []byte(text), 0o600)
	}
	d.want("\n", 0, "profiles.yaml:1:1: version: this authctl reads version 1 of the format", "profile", "edit")
	if d.file() != "version: 1\nprofiles: {}\n" || len(texts) != 0 {
		t.Errorf("%d texts are left, and:\n%s", len(texts), d.file())
	}
	if err := os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	texts = []string{"version: 2\n"}
	_, said, code := d.run("n\n", "profile", "edit", "salus")
	_, draft, _ := strings.Cut(said, "your text is kept in ")
	draft, _, _ = strings.Cut(draft, "\n")
	if kept, err := os.ReadFile(draft); code != 3 || err != nil || string(kept) != "version: 2\n" || d.file() != before {
		t.Errorf("exit %d, %v, kept %q, said:\n%s", code, err, kept, said)
	}
	// What another wrote meanwhile is not lost, and the edit is not either.
	d.edit = func(path string) error {
		if err := os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte(before+"# theirs\n"), 0o600); err != nil {
			return err
		}
		return os.WriteFile(path, []byte("version: 1\n# mine\n"), 0o600)
	}
	d.want("", 3, "was changed meanwhile: nothing was written", "profile", "edit", "salus")
	if d.file() != before+"# theirs\n" {
		t.Errorf("left:\n%s", d.file())
	}
}
