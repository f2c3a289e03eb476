package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/fakes"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/store"
	"authctl/internal/token"
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

func full() store.Record {
	at := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	return store.Record{
		Profile: "Salus", Grant: "client_credentials", Server: "https://as.example",
		Set: token.Set{
			AccessToken: secret.New("canary-access"), TokenType: "bearer", RefreshToken: secret.New("canary-refresh"),
			IDToken: secret.New("canary-id"), Scope: "a b", IssuedTokenType: "urn:x",
			ObtainedAt: at, ExpiresAt: at.Add(time.Hour), RefreshExpires: at.Add(2 * time.Hour),
			KeepUntil: at.Add(3 * time.Hour), Missing: "c", Extra: secret.New(`{"x":"canary-extra"}`),
		},
		Session: "other", Subject: "abc", Intent: at, Pending: []byte("canary-pending"), PendingType: "application/json",
		PrivateKey: []byte{0, 1, 2}, Value: secret.New("canary-value"), Aux: map[string]string{"revocation": "https://a.example"},
	}
}

func contract(t *testing.T, name string, f func(t *testing.T, k *kit)) {
	for _, kind := range kinds() {
		t.Run(name+"/"+kind, func(t *testing.T) { f(t, newKit(t, kind)) })
	}
}

func TestContract(t *testing.T) {
	ctx := context.Background()
	contract(t, "every field comes back in another process", func(t *testing.T, k *kit) {
		if err := k.open(t).Put(ctx, "a1", full()); err != nil {
			t.Fatal(err)
		}
		got, err := k.open(t).Get(ctx, "a1")
		if err != nil {
			t.Fatal(err)
		}
		if want := full(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v", got)
		}
		if got.Set.AccessToken.Reveal() != "canary-access" {
			t.Error("the access token is another")
		}
	})
	contract(t, "absent, deleted and deleted again", func(t *testing.T, k *kit) {
		s := k.open(t)
		if _, err := s.Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) {
			t.Errorf("nothing put: %v", err)
		}
		if err := s.Put(ctx, "a1", full()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Delete(ctx, "a1"); err != nil {
				t.Errorf("delete: %v", err)
			}
		}
		if _, err := k.open(t).Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) {
			t.Errorf("deleted: %v", err)
		}
	})
	contract(t, "the last writer wins and records do not mix", func(t *testing.T, k *kit) {
		s := k.open(t)
		for i, key := range []string{"a1", "b2", "a1"} {
			r := full()
			r.Subject = key + strings.Repeat("x", i)
			if err := s.Put(ctx, key, r); err != nil {
				t.Fatal(err)
			}
		}
		list, err := k.open(t).List(ctx)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d entries, %v", len(list), err)
		}
		if list[0].Key != "a1" || list[0].Record.Subject != "a1xx" || list[1].Record.Subject != "b2x" {
			t.Errorf("got %q %q", list[0].Record.Subject, list[1].Record.Subject)
		}
		if time.Since(list[0].Written) > time.Minute {
			t.Errorf("written %v", list[0].Written)
		}
	})
	contract(t, "nothing is in clear on disk and nobody else may look", func(t *testing.T, k *kit) {
		if err := k.open(t).Put(ctx, "a1", full()); err != nil {
			t.Fatal(err)
		}
		files := 0
		_ = filepath.WalkDir(k.dir, func(p string, d os.DirEntry, err error) error {
			info, _ := d.Info()
			if info.Mode().Perm()&0o077 != 0 {
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
	contract(t, "an oversized record is refused and the old one stays", func(t *testing.T, k *kit) {
		s := k.open(t)
		if err := s.Put(ctx, "a1", full()); err != nil {
			t.Fatal(err)
		}
		big := full()
		big.Pending = make([]byte, store.MaxRecord)
		if err := s.Put(ctx, "a1", big); fault.KindOf(err) != fault.Store {
			t.Errorf("got %v", err)
		}
		if r, err := s.Get(ctx, "a1"); err != nil || r.Subject != "abc" {
			t.Errorf("the old record: %v", err)
		}
	})
	contract(t, "a reader sees the old record or the new one, never a part", func(t *testing.T, k *kit) {
		big := full()
		big.Subject = strings.Repeat("x", 100<<10)
		s := k.open(t)
		if err := s.Put(ctx, "a1", big); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 30 {
				if err := k.open(t).Put(ctx, "a1", big); err != nil {
					t.Error(err)
				}
			}
		}()
		for reads := 0; ; reads++ {
			select {
			case <-done:
				if reads == 0 || len(k.warnings) != 0 {
					t.Errorf("%d reads, %q", reads, k.warnings)
				}
				return
			default:
			}
			if r, err := s.Get(ctx, "a1"); err != nil || r.Subject != big.Subject {
				t.Fatalf("read %d: %v", reads, err)
			}
		}
	})
	contract(t, "ready leaves nothing in the list", func(t *testing.T, k *kit) {
		s := k.open(t)
		if err := s.Ready(ctx); err != nil {
			t.Fatal(err)
		}
		if list, err := s.List(ctx); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
	contract(t, "a key that is no file name is refused", func(t *testing.T, k *kit) {
		s := k.open(t)
		for _, key := range []string{"", "../x", "A", "a/b", "a.b", "a\x00", strings.Repeat("a", 129)} {
			if err := s.Put(ctx, key, full()); fault.KindOf(err) != fault.Internal {
				t.Errorf("%q: %v", key, err)
			}
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
