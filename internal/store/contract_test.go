package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/fakes"
	"authctl/internal/fakes/stores"
	"authctl/internal/fault"
	"authctl/internal/secretstore"
	"authctl/internal/store"
)

// kit opens the same store again and again, as separate processes would.
type kit struct {
	kind     string
	dir      string
	ring     *fakes.Keyring
	warnings []string
	mu       sync.Mutex
}

func newKit(t *testing.T, kind string) *kit {
	return &kit{kind: kind, dir: filepath.Join(t.TempDir(), "state", "authctl"), ring: &fakes.Keyring{}}
}

func (k *kit) open(t *testing.T) *store.Store {
	t.Helper()
	o := store.Options{Kind: k.kind, Dir: k.dir, Rand: rand.Reader, Now: time.Now, Warn: func(s string) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.warnings = append(k.warnings, s)
	}}
	switch k.kind {
	case store.KindFile:
		o.Key = store.NewFileKey(k.dir, func(string) (string, bool) { return "", false })
	case store.KindKeyring:
		o.Key = secretstore.SealingKey{Ring: secretstore.NewRing(k.ring, nil)}
	}
	s, err := store.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func kinds() []string { return []string{store.KindFile, store.KindKeyring} }

func full() store.Record { return stores.Full() }

func contract(t *testing.T, name string, f func(t *testing.T, k *kit)) {
	for _, kind := range kinds() {
		t.Run(name+"/"+kind, func(t *testing.T) { f(t, newKit(t, kind)) })
	}
}

func TestContract(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			stores.Contract(t, func(t *testing.T) stores.Open {
				k := newKit(t, kind)
				t.Cleanup(func() {
					if len(k.warnings) != 0 {
						t.Errorf("warned %q", k.warnings)
					}
				})
				return k.open
			})
		})
	}
}

func TestNothingIsInClearOnDisk(t *testing.T) {
	ctx := t.Context()
	contract(t, "nothing is in clear on disk and nobody else may look", func(t *testing.T, k *kit) {
		if err := k.open(t).Put(ctx, "a1", full()); err != nil {
			t.Fatal(err)
		}
		files := 0
		_ = filepath.WalkDir(k.dir, func(p string, d os.DirEntry, err error) error {
			info, _ := d.Info()
			if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %v", p, info.Mode())
			}
			if d.IsDir() {
				return err
			}
			files++
			b, _ := os.ReadFile(p)
			if strings.Contains(string(b), "canary") {
				t.Errorf("%s holds a secret in clear", p)
			}
			return err
		})
		if files == 0 {
			t.Error("no file was written")
		}
	})
}

func TestNone(t *testing.T) {
	ctx := context.Background()
	s := newKit(t, store.KindNone).open(t)
	if err := s.Put(ctx, "a1", full()); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("got %v", err)
	}
	if err := s.Ready(ctx); !errors.Is(err, store.ErrKeepsNothing) || fault.KindOf(err) != fault.Store {
		t.Errorf("got %v", err)
	}
	lease, err := s.Lock(ctx, "a1")
	if err != nil {
		t.Fatal(err)
	}
	lease.Unlock()
}
