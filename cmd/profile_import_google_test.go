package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/fakes"
)

const googleScope = "scopes=[https://www.googleapis.com/auth/devstorage.read_only]"

// account is a desk and the key file of a service account of a Google.
func account(t *testing.T) (d *desk, g *fakes.Google, file string) {
	t.Helper()
	g, err := fakes.NewGoogle(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	text, err := g.KeyFile()
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t)
	d.env["AUTHCTL_STORE"], d.env["XDG_STATE_HOME"], d.env["XDG_CACHE_HOME"] = "file", t.TempDir(), t.TempDir()
	return d, g, file
}

// TestGoogleKeyFile: wherever the key is kept, the import and the scopes give a
// token, and no profile holds the key.
func TestGoogleKeyFile(t *testing.T) {
	d, g, file := account(t)
	for place, ref := range map[string]string{
		"keyring": "keyring:client_key", "file": "file:" + filepath.Join(filepath.Dir(d.env["AUTHCTL_CONFIG"]), "profiles.d", "file.key"),
		"original": "file:" + file + "#/private_key",
	} {
		d.want("", 0, "note: the file names no scopes", "profile", "import", file, "--name", place, "--key-in", place)
		want := "preset: google-service-account\ntoken_url: " + g.URL + "\ngrant_assertion:\n  issuer: " + fakes.GoogleAccount + "\n  key: " + ref + "\n  kid: 6cb2f8e5d0a14d0e9d3b\n"
		if got := d.added(place); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", place, got, want)
		}
		d.want("", 0, "ya29."+fakes.GoogleAccount+"\n", "token", "-p", place, "--set", googleScope)
	}
	asked := g.Asked
	d.want("", 0, "ya29."+fakes.GoogleAccount+"\n", "token", "-p", "original", "--set", googleScope)
	if g.Asked != asked {
		t.Error("the token was not kept")
	}
	d.want("", 0, "robot\n", "profile", "import", file)
	entries, err := os.ReadDir(filepath.Join(filepath.Dir(d.env["AUTHCTL_CONFIG"]), "profiles.d"))
	if err != nil || len(entries) != 6 {
		t.Errorf("%d files in profiles.d, %v: four profiles and two keys are to be there", len(entries), err)
	}
}

// TestGoogleTokens: a person of the domain, an id_token, and what the refusals mean.
func TestGoogleTokens(t *testing.T) {
	d, _, file := account(t)
	d.want("", 0, "stays in "+file, "profile", "import", file, "--key-in", "original")
	run := func(code int, text string, more ...string) {
		t.Helper()
		d.want("", code, text, append([]string{"token", "-p", "robot"}, more...)...)
	}
	run(0, "ya29."+fakes.GoogleAccount+fakes.GooglePerson+"\n", "--set", googleScope, "--subject", fakes.GooglePerson)
	run(0, "eyJhbGciOiJSUzI1NiJ9.", "--claim", `target_audience="https://api.example"`, "--set", "token.select=id_token")
	run(5, "hint: it has an id_token: token.select: id_token", "--claim", `target_audience="https://api.example"`)
	run(4, "hint: scopes must be Google's, in full")
	run(4, "hint: for a person (grant_assertion.subject) the domain's administrator", "--set", googleScope, "--subject", "bo@example.org")
	run(4, "hint: the account has no such key", "--set", googleScope, "--set", "grant_assertion.kid=x")
}

// TestKeyFilesThatAreRefused: what would send the assertion in the clear or has no key, and a file that others read.
func TestKeyFilesThatAreRefused(t *testing.T) {
	d, _, file := account(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change map[string]any
		code   int
		say    string
	}{
		"http":         {map[string]any{"token_uri": "http://oauth2.example/token"}, 3, "http would send secrets in the clear"},
		"no address":   {map[string]any{"token_uri": "//x"}, 3, "token_url: is not an absolute URL"},
		"no account":   {map[string]any{"client_email": ""}, 3, "client_email is empty"},
		"a number":     {map[string]any{"private_key_id": 1}, 3, "private_key_id is not what it should be"},
		"no key":       {map[string]any{"private_key": "CANARY"}, 3, "private_key: "},
		"another kind": {map[string]any{"private_key": nil}, 3, "private_key"},
	} {
		var members map[string]any
		if err := json.Unmarshal(text, &members); err != nil {
			t.Fatal(err)
		}
		for k, v := range c.change {
			members[k] = v
		}
		changed, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		if out, errs, code := d.run(string(changed), "profile", "import", "-", "--name", "x"); code != c.code || !strings.Contains(errs, c.say) || out != "" {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errs)
		}
		d.nothingAdded()
	}
	d.want(string(text), 2, "stdin does not stay", "profile", "import", "-", "--name", "x", "--key-in", "original")
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	d.want("", 3, "chmod 600", "profile", "import", file, "--key-in", "original")
	d.nothingAdded()
	d.want("", 2, "--key-in is one of keyring, file, original", "profile", "import", file, "--key-in", "there")
}
