//go:build linux

package main

import (
	"encoding/asn1"
	"errors"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// places are where a file is named that others may have written, each with the
// arguments and variables that name it.
func places(file string) map[string]struct{ args, env []string } {
	type row = struct{ args, env []string }
	return map[string]row{
		"profiles file":        {args: []string{"token", "-p", "post", "--config", file}},
		"kid":                  {args: []string{"kid", file}},
		"assertion key":        {args: []string{"assert", "--key", file, "--client-id", "x", "--audience", "https://as.example"}},
		"certificate":          {args: []string{"assert", "--key", "ok.pem", "--certificate", file, "--client-id", "x", "--audience", "https://as.example"}},
		"client.key":           {args: []string{"token", "-p", "jwt"}},
		"client.secret":        {args: []string{"token", "-p", "post"}},
		"store key":            {args: []string{"refresh", "-p", "public", "--refresh-token", "given"}, env: []string{"AUTHCTL_STORE_KEY_FILE=" + file}},
		"decode":               {args: []string{"decode", file}},
		"decode, key":          {args: []string{"decode", "--verify", "--key", file, "eyJhbGciOiJub25lIn0.e30."}},
		"subject token":        {args: []string{"exchange", "-p", "public", "--subject-token-type", "jwt", "--subject-token", file}},
		"refresh token":        {args: []string{"refresh", "-p", "public", "--refresh-token", file}},
		"profile import":       {args: []string{"profile", "import", file}},
		"passphrase":           {args: []string{"kid", "sealed.pem", "--passphrase", "file:" + file}},
		"authorities":          {args: []string{"token", "-p", "ca"}},
		"headers for curl":     {args: []string{"curl", "-p", "public", "--", "-H", "@" + file, "https://api.example/"}},
		"system's authorities": {args: []string{"token", "-p", "public"}, env: []string{"SSL_CERT_FILE=" + file}},
	}
}

// bombHome has profiles whose every secret is the file bomb.
func bombHome(t *testing.T, make func(bomb string) error) (dir string) {
	t.Helper()
	dir = home(t, `profiles:
  post: {token_url: "http://127.0.0.1:1/token", client: {id: x, auth: client_secret_post, secret: "file:bomb"}}
  jwt: {token_url: "http://127.0.0.1:1/token", client: {id: x, auth: private_key_jwt, key: "file:bomb"}, assertion: {audience: token_url}}
  public: {token_url: "http://127.0.0.1:1/token", client: {id: x, auth: none}, api: {hosts: [api.example]}}
  ca: {token_url: "http://127.0.0.1:1/token", client: {id: x, auth: none}, tls: {ca: "file:bomb"}}
`)
	for name, from := range map[string]string{"ok.pem": "explicit-prime256v1.pem", "sealed.pem": "aes-128-cbc.pem"} {
		key, err := os.ReadFile("internal/keys/testdata/sealed/" + from)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), key, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "given"), []byte("r1"), 0o600), make(filepath.Join(dir, "bomb"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Whatever others put where a file is named, it decides neither how long the
// command works nor how long it waits.
func TestBombs(t *testing.T) {
	for name, bomb := range map[string]struct {
		make func(file string) error
		pipe bool // waited for: --timeout ends that, and a signal
	}{
		"a pipe": {func(file string) error { return syscall.Mkfifo(file, 0o600) }, true},
		"3 GB":   {sparse, false},
	} {
		dir := bombHome(t, bomb.make)
		for place, what := range places("bomb") {
			t.Run(name+" as "+place, func(t *testing.T) {
				t.Parallel()
				p := inPlace(t, dir, what.args, what.env, "--timeout", "2s").start()
				if !p.endsIn(2*time.Second + slack) {
					t.Fatalf("still there: %s", &p.err)
				}
				said := p.err.String()
				if c := p.code(); c == 0 || c == 1 || c > 8 && what.args[0] != "curl" || p.out.Len() > 0 || !strings.HasPrefix(said, "authctl: ") {
					t.Errorf("exit %d, stdout %q, stderr %q", c, &p.out, said)
				}
				told := "is larger than"
				if bomb.pipe {
					told = "the time for this command is over"
				}
				if refused := notAPipe(place); bomb.pipe && refused != "" {
					told = refused
				}
				if place == "system's authorities" {
					told = "127.0.0.1:1" // crypto/x509 reads it, when there is a server
				}
				if !strings.Contains(said, told) {
					t.Errorf("stderr %q does not say %q", said, told)
				}
			})
			if !bomb.pipe || notAPipe(place) != "" || place == "system's authorities" {
				continue
			}
			t.Run(name+" as "+place+", interrupted", func(t *testing.T) {
				t.Parallel()
				p := inPlace(t, dir, what.args, what.env, "--timeout", "60s").start()
				if p.endsIn(time.Second) {
					t.Fatalf("it does not wait: exit %d, %s", p.code(), &p.err)
				}
				p.interrupt()
				if !p.endsIn(slack) || p.code() != 130 {
					t.Errorf("the first signal did not end it")
				}
			})
		}
	}
}

// slack is for a machine that is busy with other tests.
const slack = 3 * time.Second

// notAPipe is what is said where no pipe is taken.
func notAPipe(place string) string {
	if place == "store key" {
		return "is not a regular file"
	}
	return ""
}

func sparse(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(3<<30), f.Close())
}

// inPlace starts in dir with further variables; flags go before what is curl's.
func inPlace(t *testing.T, dir string, args, env []string, flags ...string) *started {
	t.Helper()
	p := program(t, dir, append(append([]string{args[0]}, flags...), args[1:]...)...)
	p.Dir, p.Env = dir, append(p.Env, env...)
	return p
}

// A PKCS#12 file that asks for 2^63-1 iterations, for its MAC or for a bag, is
// refused before any is made.
func TestBombsOfIterations(t *testing.T) {
	good, err := os.ReadFile("internal/keys/testdata/sealed/modern.p12")
	if err != nil {
		t.Fatal(err)
	}
	places := iterations(good, -1)
	if places < 3 {
		t.Fatalf("%d places ask for iterations, want two bags and the MAC", places)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "passphrase"), []byte("letmein"), 0o600); err != nil {
		t.Fatal(err)
	}
	for at := range places {
		bomb, _ := patched(good, new(int), at)
		if err := os.WriteFile(filepath.Join(dir, "bomb.p12"), bomb, 0o600); err != nil {
			t.Fatal(err)
		}
		p := program(t, dir, "kid", "bomb.p12", "--passphrase", "file:passphrase", "--timeout", "2s")
		p.Dir = dir
		if code := p.run(2*time.Second + slack); code != 3 || !strings.Contains(p.err.String(), "work") || p.out.Len() > 0 {
			t.Errorf("place %d of %d: exit %d, %s", at, places, code, &p.err)
		}
	}
}

// iterations counts the INTEGERs 100, which this file's maker asked for.
func iterations(der []byte, at int) int {
	n := 0
	_, _ = patched(der, &n, at)
	return n
}

// patched has 2^63-1 in the place of one INTEGER 100, through every length around it.
func patched(der []byte, seen *int, at int) (out []byte, found bool) {
	for len(der) > 0 {
		var one asn1.RawValue
		rest, err := asn1.Unmarshal(der, &one)
		if err != nil {
			return append(out, der...), found
		}
		inner, body := false, one.Bytes
		switch {
		case one.Class == asn1.ClassUniversal && one.Tag == asn1.TagInteger && len(body) == 1 && body[0] == 100:
			if inner = *seen == at; inner {
				body = big.NewInt(math.MaxInt64).Bytes()
			}
			*seen++
		case one.IsCompound, one.Class == asn1.ClassUniversal && one.Tag == asn1.TagOctetString && len(body) > 100 && body[0] == 0x30:
			body, inner = patched(body, seen, at)
		}
		element := one.FullBytes
		if inner {
			element, _ = asn1.Marshal(asn1.RawValue{Class: one.Class, Tag: one.Tag, IsCompound: one.IsCompound, Bytes: body})
		}
		out, der, found = append(out, element...), rest, found || inner
	}
	return out, found
}
