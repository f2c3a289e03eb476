package cmd

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/app"
	"authctl/internal/host"
	"authctl/internal/keys"
	"authctl/internal/secret"
)

// bare is a machine with nothing: no HOME, no environment, no keyring, and a
// network that tells whoever uses it.
type bare struct {
	t        *testing.T
	asked    []string
	terminal bool
	env      map[string]string
	prompt   func(context.Context, string) (secret.Text, error)
}

func (b *bare) RoundTrip(r *http.Request) (*http.Response, error) {
	b.asked = append(b.asked, r.URL.String())
	return nil, errors.New("there is no network here")
}

func (b *bare) run(stdin string, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = Main(context.Background(), app.System{
		In: strings.NewReader(stdin), Out: &out, Err: &errs, Rand: rand.Reader, Now: time.Now, HTTP: b,
		Env:        func(name string) (string, bool) { v, ok := b.env[name]; return v, ok },
		IsTerminal: func(int) bool { return b.terminal },
		Prompt:     b.prompt,
	}, args)
	return out.String(), errs.String(), code
}

// keyFile writes a new private key that only its owner can read.
func keyFile(t *testing.T) string {
	t.Helper()
	k, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := k.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.der")
	if err := os.WriteFile(path, der, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeyCommandsNeedNothing(t *testing.T) {
	key := keyFile(t)
	b := &bare{t: t}
	assertion, errs, code := b.run("", "assert", "--key", key, "--client-id", "me", "--audience", "https://as.example")
	if code != 0 {
		t.Fatal(errs)
	}
	for _, args := range [][]string{
		{"kid", key},
		{"decode"},
		{"decode", "--verify", "--key", key, "--issuer", "me"},
		{"decode", "--signature-only", "--key", key},
	} {
		out, errs, code := b.run(assertion, args...)
		if code != 0 || out == "" || errs != "" {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
	if len(b.asked) != 0 {
		t.Errorf("the network was used: %q", b.asked)
	}
}

// aud comes from the profile; only token_url may need discovery, and nothing
// that a token names is ever fetched.
func TestWhenTheNetworkIsUsed(t *testing.T) {
	dir := t.TempDir()
	profiles := filepath.Join(dir, "profiles.yaml")
	text := "version: 1\nprofiles:\n  p:\n    issuer: https://as.example\n    client: {id: c, auth: private_key_jwt, key: 'file:" + keyFile(t) + "'}\n"
	if err := os.WriteFile(profiles, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &bare{t: t, env: map[string]string{"AUTHCTL_CONFIG": profiles, "AUTHCTL_PROFILE": "p"}}
	hostile := "eyJhbGciOiJSUzI1NiIsImprdSI6Imh0dHBzOi8vZXZpbC5leGFtcGxlL2p3a3MiLCJ4NXUiOiJodHRwczovL2V2aWwuZXhhbXBsZS9jcnQifQ.e30." + strings.Repeat("A", 342) // as long as RS256 makes it
	for _, c := range []struct {
		args    []string
		network bool
		code    int
	}{
		{[]string{"assert"}, false, 0},
		{[]string{"assert", "--audience", "https://x"}, false, 0},
		{[]string{"assert", "--audience", "token_url"}, true, 5},
		{[]string{"decode"}, false, 0},
		{[]string{"decode", "--verify"}, true, 5},
		{[]string{"decode", "--verify", "--key", "testdata/vectors/klg-public-key.pem"}, false, 7},
	} {
		b.asked = nil
		out, errs, code := b.run(hostile, c.args...)
		if code != c.code || (len(b.asked) > 0) != c.network || (code == 0) != (out != "") {
			t.Errorf("%v: exit %d, asked %q: %s", c.args, code, b.asked, errs)
		}
		for _, at := range b.asked {
			if !strings.HasPrefix(at, "https://as.example/") {
				t.Errorf("%v: asked %s", c.args, at)
			}
		}
	}
}

func TestColorOnlyForATerminal(t *testing.T) {
	token := "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ."
	for name, c := range map[string]struct {
		terminal bool
		env      map[string]string
		color    bool
	}{
		"terminal": {true, nil, true}, "pipe": {false, nil, false},
		"NO_COLOR": {true, map[string]string{"NO_COLOR": "1"}, false}, "empty NO_COLOR": {true, map[string]string{"NO_COLOR": ""}, true},
		"dumb": {true, map[string]string{"TERM": "dumb"}, false},
	} {
		out, _, code := (&bare{t: t, terminal: c.terminal, env: c.env}).run(token, "decode")
		if code != 0 || strings.Contains(out, "\x1b[") != c.color {
			t.Errorf("%s: exit %d, %q", name, code, out)
		}
	}
}

func TestPassphraseIsAskedFor(t *testing.T) {
	const file = "testdata/vectors/rsa-encrypted.pem"
	asked := ""
	answer := func(text string, err error) func(context.Context, string) (secret.Text, error) {
		return func(_ context.Context, label string) (secret.Text, error) {
			asked = label
			return secret.New(text), err
		}
	}
	b := &bare{t: t, prompt: answer("letmein", nil)}
	if out, errs, code := b.run("", "kid", file); code != 0 || out != "E42D593nR4AO2lpcaptghdTS8rtEfCeylhZ4E2QDouU\n" || !strings.Contains(asked, file) {
		t.Errorf("exit %d, asked %q: %s%s", code, asked, out, errs)
	}
	b.prompt = answer("CANARY", nil)
	if out, errs, code := b.run("", "kid", file); code != 3 || out != "" || strings.Contains(errs, "CANARY") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	b.prompt = answer("", host.ErrNoTerminal)
	if out, errs, code := b.run("", "kid", file); code != 3 || out != "" || !strings.Contains(errs, "hint: --passphrase") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}
