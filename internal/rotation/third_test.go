package rotation

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Of several that make a key at once one is told so: a public half that is
// printed is that of a key that is kept.
func TestKeysThatAreMadeAtOnce(t *testing.T) {
	for _, out := range []string{"", "out.pem"} {
		for range 10 {
			path := filepath.Join(t.TempDir(), "k.pem")
			_, text := testKey(t, "ES256", "")
			put(t, path, text)
			p, d := testProfile(secret.Ref{Kind: secret.File, Path: path}), deps(&ring{}, nil)
			var made atomic.Int32
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					to := out
					if to != "" {
						to = filepath.Join(filepath.Dir(path), to)
					}
					if _, err := d.Make(t.Context(), p, "", to, ""); err == nil {
						made.Add(1)
					} else if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "is there already") {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := made.Load(); n != 1 {
				t.Fatalf("%q: %d keys were made, one is kept", out, n)
			}
		}
	}
}

// A key that waits, because its public half may be registered, is never written
// over: neither by the key of another file, nor by a try that took its time.
func TestAThirdKeyIsNotLost(t *testing.T) {
	for _, kind := range []secret.Kind{secret.File, secret.Keyring} {
		for _, late := range []bool{false, true} {
			folder := t.TempDir()
			path, from := filepath.Join(folder, "k"), filepath.Join(folder, "from.pem")
			_, first := testKey(t, "ES256", "")
			_, other := testKey(t, "ES256", "")
			put(t, path, first)
			put(t, from, other)
			r := &ring{map[string]string{"k": first}, 100}
			ref := secret.Ref{Kind: kind, Path: path, Name: "k"}
			if kind == secret.File {
				ref.Name = ""
			} else {
				ref.Path = ""
			}
			p, d := testProfile(ref), deps(r, nil)
			waiting := func() {
				if _, err := d.Make(t.Context(), p, "", "", ""); err != nil {
					t.Fatal(err)
				}
			}
			if late {
				d.Try = func(context.Context, *profile.Profile) error { waiting(); return nil }
			} else {
				waiting()
			}
			if _, err := d.Use(t.Context(), p, UseOptions{From: from}); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), ".new is there already") {
				t.Errorf("%v, late %t: %v", kind, late, err)
			}
			l := d.of(p, signing(p))
			now, _ := l.text(t.Context(), InUse)
			made, _ := l.text(t.Context(), New)
			if strings.TrimSpace(now.Reveal()) != strings.TrimSpace(first) || made.IsZero() || strings.TrimSpace(made.Reveal()) == strings.TrimSpace(other) {
				t.Errorf("%v, late %t: a key is lost", kind, late)
			}
			if _, err := os.Stat(from); err != nil {
				t.Error(err)
			}
		}
	}
}

// What no profile could sign with is not taken, also where no server is asked;
// and what cannot be read can be forgotten.
func TestWhatIsNoPrivateKeyIsNotTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.pem")
	key, text := testKey(t, "ES256", "")
	_, long := testKey(t, "ES384", "")
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, text)
	p, d := testProfile(secret.Ref{Kind: secret.File, Path: path}), deps(&ring{}, nil)
	p.Assertion.Alg = "ES256"
	for name, next := range map[string]string{"public": string(public), "another curve": long, "nothing": ""} {
		put(t, path+".new", next)
		if _, err := d.Use(t.Context(), p, UseOptions{Untested: true}); fault.KindOf(err) != fault.Config {
			t.Errorf("%s: %v", name, err)
		}
		if now, _ := os.ReadFile(path); string(now) != text {
			t.Errorf("%s is the profile's key", name)
		}
		if _, err := d.Forget(t.Context(), p, New); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Symlink("nowhere", path+".new"); err != nil {
		t.Skip(err)
	}
	if _, err := d.Make(t.Context(), p, "", "", ""); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Error(err)
	}
	if _, err := d.Forget(t.Context(), p, New); err != nil {
		t.Error(err)
	}
	none := testProfile(secret.Ref{})
	if _, err := d.Use(t.Context(), none, UseOptions{}); err == nil || !strings.Contains(err.Error(), "has no client.key") {
		t.Error(err)
	}
}

// The keys behind a link change places where it leads.
func TestALinkStaysALink(t *testing.T) {
	folder := t.TempDir()
	real, link := filepath.Join(folder, "real.pem"), filepath.Join(folder, "link.pem")
	_, text := testKey(t, "ES256", "")
	put(t, real, text)
	if err := os.Symlink("real.pem", link); err != nil {
		t.Skip(err)
	}
	p, d := testProfile(secret.Ref{Kind: secret.File, Path: link}), deps(&ring{}, nil)
	if _, err := d.Make(t.Context(), p, "", "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Use(t.Context(), p, UseOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Forget(t.Context(), p, Old); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(folder, "*"))
	info, err := os.Lstat(link)
	now, _ := os.ReadFile(real)
	if err != nil || info.Mode()&os.ModeSymlink == 0 || len(left) != 2 || string(now) == text {
		t.Errorf("left %q, %v", left, err)
	}
}
