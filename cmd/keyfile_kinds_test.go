//go:build unix

package cmd

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/secret"
)

// keyKinds is what becomes of every kind of key file that other people
// published: "" is one kid, and a signature by a private key; else the reason.
func keyKinds() map[string]string {
	kinds := map[string]string{
		"ed448.pem": "its key is Ed448", "x25519.pem": "cannot sign",
		"certificate-only.p12": "", "trust-java.p12": "", "negative-only.p12": "the certificate", "negative.crt": "the certificate",
		"store.jks": "keytool -importkeystore", "store.jceks": "keytool -importkeystore",
		"camellia.p12": "camellia-256-cbc", "rc4.p12": "PBE-SHA1-RC4-128", "mac-md5.p12": "a MAC by MD5",
		"mac-md5-legacy.p12": "a MAC by MD5", "mac-ripemd160.p12": "a MAC by RIPEMD-160", "mac-sha3.p12": "a MAC by SHA3-256", "mac-sm3.p12": "a MAC by SM3",
		"prf-MD5.pem": "hmacWithMD5", "certificates.p7b": "openssl pkcs7 -print_certs", "certificates.p7c": "openssl pkcs7 -print_certs",
		"openssh-rsa": "ssh-keygen -p -m PKCS8", "openssh-ecdsa": "ssh-keygen -p -m PKCS8", "openssh-ed25519": "an OpenSSH key of the kind Ed25519",
		"openssh-rsa.pub": "ssh-keygen -e -m PKCS8", "openssh-ecdsa.pub": "ssh-keygen -e -m PKCS8", "openssh-rsa.rfc4716": "ssh-keygen -i -f",
	}
	for _, name := range []string{"", ".pub", ".sec1", ".compressed"} {
		kinds["explicit-brainpoolP256r1"+name+".pem"] = "parameters of its own"
	}
	for _, name := range []string{
		"camellia-128-cbc", "camellia-192-cbc", "camellia-256-cbc", "aria-128-cbc", "aria-192-cbc", "aria-256-cbc", "seed-cbc", "sm4-cbc",
		"rc2-cbc", "PBE-MD5-RC2-64", "PBE-SHA1-RC2-64", "PBE-SHA1-RC4-128", "PBE-SHA1-RC4-40",
		"aes-128-cfb", "aes-256-cfb", "aes-192-ofb", "aes-256-ofb", "bf-cbc", "cast5-cbc", "rc4",
	} {
		kinds[name+".pem"] = name + ", which is not read here; convert it"
	}
	return kinds
}

// TestKeyFilesOfEveryKind: `kid` and `assert` over every file that OpenSSL, NSS
// and Java made. Each is read, or named for what it is with exit code 3.
func TestKeyFilesOfEveryKind(t *testing.T) {
	dir := "../internal/keys/testdata/sealed"
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 70 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	kinds := keyKinds()
	b := &bare{t: t, env: map[string]string{"P": "letmein"}}
	for _, f := range files {
		if f.Name() == "make.sh" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), f.Name())
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		why := kinds[f.Name()]
		out, errs, code := b.run("", "kid", path, "--passphrase", "env:P")
		wantEnd(t, "kid "+f.Name(), why, out, errs, code)
		if why == "" && (strings.Contains(f.Name(), ".pub.") || strings.HasSuffix(f.Name(), ".crt") || strings.Contains(f.Name(), "-only") || strings.HasPrefix(f.Name(), "trust")) &&
			f.Name() != "key-only.p12" {
			why = "signing needs the private key"
		}
		out, errs, code = b.run("", "assert", "--key", path, "--passphrase", "env:P", "--client-id", "me", "--audience", "https://as.example")
		wantEnd(t, "assert "+f.Name(), why, out, errs, code)
	}
}

// wantEnd: a key that can be used gives a result, another says why not.
func wantEnd(t *testing.T, what, why, out, errs string, code int) {
	t.Helper()
	want := 0
	if why != "" {
		want = 3
	}
	if code != want {
		t.Errorf("%s: exit code %d, want %d: %s", what, code, want, errs)
	}
	if (out == "") != (why != "") {
		t.Errorf("%s: stdout %q", what, out)
	}
	if !strings.Contains(errs, why) {
		t.Errorf("%s: stderr %q, want %q", what, errs, why)
	}
}

// A pipe that never delivers ends with --timeout, whatever was to come through it.
func TestAPipeInPlaceOfAKey(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip(err)
	}
	key := keyFile(t)
	sealed := "../internal/keys/testdata/sealed/aes-128-cbc.pem"
	config := filepath.Join(dir, "profiles.yaml")
	text := "version: 1\nstore: none\nprofiles:\n  p:\n    issuer: https://as.example\n    client: {id: x, auth: private_key_jwt, key: \"file:" + fifo + "\"}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"kid":         {"kid", fifo},
		"pointer":     {"kid", fifo + "#/key"},
		"passphrase":  {"kid", sealed, "--passphrase", "file:" + fifo},
		"assert":      {"assert", "--key", fifo, "--client-id", "x", "--audience", "https://as.example"},
		"certificate": {"assert", "--key", key, "--certificate", fifo, "--client-id", "x", "--audience", "https://as.example"},
		"profile":     {"assert", "-p", "p", "--config", config},
		"verify":      {"decode", "--signature-only", "--key", fifo},
		"jwks":        {"decode", "--signature-only", "--jwks", fifo},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			b := &bare{t: t}
			out, errs, code := b.run("eyJhbGciOiJFUzI1NiJ9.e30.AAAA", append(args, "--timeout", "200ms")...)
			if code != 5 || out != "" {
				t.Errorf("exit code %d, %q, %s", code, out, errs)
			}
			for _, word := range []string{"waiting for ", "fifo", "--timeout"} {
				if !strings.Contains(errs, word) {
					t.Errorf("stderr lacks %q: %s", word, errs)
				}
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// A pipe that delivers is as good as a file, and more than a key may have is refused
// without reading the rest.
func TestKeysOutOfPipes(t *testing.T) {
	key, err := os.ReadFile(keyFile(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		code int
	}{"a key": {key, 0}, "endless": {nil, 3}} {
		fifo := filepath.Join(t.TempDir(), "fifo")
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Skip(err)
		}
		go func() {
			f, err := os.OpenFile(fifo, os.O_WRONLY, 0)
			if err != nil {
				return
			}
			defer func() { _ = f.Close() }()
			data := c.data
			for data == nil && err == nil {
				_, err = f.Write(make([]byte, 64<<10))
			}
			_, _ = f.Write(data)
		}()
		b := &bare{t: t}
		if _, errs, code := b.run("", "kid", fifo, "--timeout", "5s"); code != c.code {
			t.Errorf("%s: exit code %d, %s", name, code, errs)
		}
	}
}

// The person who is asked for a passphrase has all the time there is.
func TestAPassphraseMayTakeLonger(t *testing.T) {
	b := &bare{t: t, prompt: func(ctx context.Context, _ string) (secret.Text, error) {
		if _, ok := ctx.Deadline(); ok {
			t.Error("the prompt has a deadline")
		}
		return secret.New("letmein"), nil
	}}
	if _, errs, code := b.run("", "kid", "../internal/keys/testdata/sealed/aes-128-cbc.pem", "--timeout", "100ms"); code != 0 {
		t.Error(errs)
	}
}
