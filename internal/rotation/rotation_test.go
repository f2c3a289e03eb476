package rotation

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
)

// ring is a keyring whose power goes when left is 0.
type ring struct {
	items map[string]string
	left  int
}

var errPower = errors.New("the power went")

func (r *ring) step() error {
	if r.left--; r.left < 0 {
		return errPower
	}
	return nil
}

func (r *ring) Resolve(_ context.Context, _ string, ref secret.Ref) (secret.Text, error) {
	if ref.Kind == secret.File {
		b, err := os.ReadFile(ref.Path)
		return secret.New(strings.TrimSuffix(string(b), "\n")), err
	}
	text, ok := r.items[ref.Name]
	if !ok {
		return secret.Text{}, errors.New("absent")
	}
	return secret.New(text), nil
}

func (r *ring) Put(_ context.Context, _, name string, value secret.Text) (secretstore.Kept, error) {
	if err := r.step(); err != nil {
		return secretstore.Kept{}, err
	}
	r.items[name] = value.Reveal()
	return secretstore.Kept{Place: secretstore.InKeyring}, nil
}

func (r *ring) Remove(_ context.Context, _, name string) error {
	if err := r.step(); err != nil {
		return err
	}
	delete(r.items, name)
	return nil
}

func (r *ring) Find(_ context.Context, _, name string) (string, error) {
	if _, ok := r.items[name]; ok {
		return string(secretstore.InKeyring), nil
	}
	return "", nil
}

func testProfile(ref secret.Ref) *profile.Profile {
	p := profile.Default()
	p.Name, p.Client.ID, p.Client.Auth, p.Client.Key = "p", "app", "private_key_jwt", ref
	p.Assertion.KID = "spki-sha256"
	return &p
}

func testKey(t *testing.T, alg, kid string) (*keys.Key, string) {
	t.Helper()
	key, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key.KID = kid
	text, err := key.Private()
	if err != nil {
		t.Fatal(err)
	}
	return key, text.Reveal()
}

func deps(r *ring, try error) *Deps {
	return &Deps{
		Secrets: r, Rand: rand.Reader, Home: func(path string) string { return path },
		Try: func(context.Context, *profile.Profile) error { return try },
	}
}

// A change of keys in the keyring that ends at any step loses no key, leaves the
// profile one of the two, and is finished by a repeat.
func TestAChangeThatEndsInTheMiddle(t *testing.T) {
	for steps := range 4 {
		_, before := testKey(t, "ES256", "")
		r := &ring{map[string]string{"k": before}, 100}
		p, d := testProfile(secret.Ref{Kind: secret.Keyring, Name: "k"}), deps(r, nil)
		if _, err := d.Make(t.Context(), p, "", "", ""); err != nil {
			t.Fatal(err)
		}
		after := r.items["k.new"]
		r.left = steps
		_, err := d.Use(t.Context(), p, UseOptions{})
		if (err == nil) != (steps == 3) || err != nil && !errors.Is(err, errPower) {
			t.Errorf("%d steps: %v", steps, err)
		}
		kept := r.items["k"] + r.items["k.new"] + r.items["k.old"]
		if now := r.items["k"]; now != before && now != after || !strings.Contains(kept, before) || !strings.Contains(kept, after) {
			t.Errorf("%d steps: a key is lost", steps)
		}
		r.left = 100
		if steps < 3 {
			if _, err := d.Use(t.Context(), p, UseOptions{}); err != nil {
				t.Errorf("%d steps, repeated: %v", steps, err)
			}
		}
		if r.items["k"] != after || r.items["k.old"] != before || len(r.items) != 2 {
			t.Errorf("%d steps: %d items", steps, len(r.items))
		}
	}
}

// The same of a file, which has what each step leaves behind.
func TestAFileThatEndsInTheMiddle(t *testing.T) {
	_, before := testKey(t, "RS256", "")
	_, after := testKey(t, "RS256", "")
	for name, there := range map[string]map[string]string{
		"before":        {"": before, ".new": after},
		"after keeping": {"": before, ".new": after, ".old": before},
	} {
		path := filepath.Join(t.TempDir(), "k.pem")
		for seat, text := range there {
			if err := os.WriteFile(path+seat, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p, d := testProfile(secret.Ref{Kind: secret.File, Path: path}), deps(&ring{}, nil)
		if _, err := d.Use(t.Context(), p, UseOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		now, _ := os.ReadFile(path)
		old, _ := os.ReadFile(path + ".old")
		if string(now) != after || strings.TrimSpace(string(old)) != strings.TrimSpace(before) {
			t.Errorf("%s: other keys", name)
		}
		if _, err := os.Stat(path + ".new"); err == nil {
			t.Errorf("%s: the new one is there twice", name)
		}
	}
}

// A server that refuses changes nothing; the error keeps its kind and says so.
func TestARefusedKeyChangesNothing(t *testing.T) {
	_, before := testKey(t, "ES256", "")
	r := &ring{map[string]string{"k": before}, 100}
	p := testProfile(secret.Ref{Kind: secret.Keyring, Name: "k"})
	d := deps(r, fault.New(fault.Refused, "no such key").Hint("ask"))
	if _, err := d.Make(t.Context(), p, "", "", ""); err != nil {
		t.Fatal(err)
	}
	_, err := d.Use(t.Context(), p, UseOptions{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Refused || !strings.Contains(strings.Join(f.Hints, "\n"), "nothing was changed") {
		t.Errorf("%v", err)
	}
	if r.items["k"] != before || r.items["k.old"] != "" || r.items["k.new"] == "" {
		t.Error("something was changed")
	}
	if _, err := d.Make(t.Context(), p, "", "", ""); err == nil {
		t.Error("a key that waits was replaced")
	}
	p.Client.Certificate = secret.Ref{Kind: secret.Keyring, Name: "c"}
	if _, err := d.Use(t.Context(), p, UseOptions{Untested: true}); fault.KindOf(err) != fault.Usage {
		t.Errorf("%v", err)
	}
}

// The successor is as long as its predecessor, has a kid where that has one, and
// whoever may read the one may read the other.
func TestASuccessor(t *testing.T) {
	for name, c := range map[string]struct{ alg, kid string }{"RSA": {"RS512", ""}, "JWK, RSA": {"PS256", "a"}, "JWK, EC": {"ES512", "a"}, "JWK, Ed25519": {"EdDSA", "a"}} {
		path := filepath.Join(t.TempDir(), "k")
		current, text := testKey(t, c.alg, c.kid)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		p := testProfile(secret.Ref{Kind: secret.File, Path: path})
		p.Assertion.Alg, p.Assertion.KID = c.alg, "jwk"
		made, err := deps(&ring{}, nil).Make(t.Context(), p, "", "", "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kept, err := os.ReadFile(path + ".new")
		if err != nil {
			t.Fatal(err)
		}
		next, err := keys.Load(kept, keys.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if next.Describe() != current.Describe() || keys.Same(next, current) || (next.KID != "") != (c.kid != "") || made.KID != next.KID || next.CheckSigning(c.alg) != nil {
			t.Errorf("%s: %s %q", name, next.Describe(), next.KID)
		}
		info, err := os.Stat(path + ".new")
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
			t.Errorf("%s: mode %v", name, info.Mode())
		}
	}
	private, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	long, err := (&keys.Key{Signer: private, Public: private.Public()}).Successor("RS256", rand.Reader)
	if err != nil || long.Describe() != "RSA 3072" {
		t.Errorf("%v", err)
	}
}
