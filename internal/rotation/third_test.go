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
			l := d.of(p)
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
