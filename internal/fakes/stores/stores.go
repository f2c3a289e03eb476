// Package stores is what every kind of store has to pass, on this machine or on
// an engine that many share.
package stores

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// Full is a record with something in each member.
func Full() store.Record {
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

// Open opens the same store again and again, as separate processes would.
type Open func(t *testing.T) *store.Store

// Contract runs all of it on stores that fresh makes, each empty.
func Contract(t *testing.T, fresh func(t *testing.T) Open) {
	for name, check := range map[string]func(t *testing.T, open Open){
		"every field comes back in another process":      comesBack,
		"absent, deleted and deleted again":              deleted,
		"the last writer wins and records do not mix":    lastWins,
		"an oversized record is refused, the old stays":  oversized,
		"a reader sees the old record or the new one":    neverAPart,
		"ready leaves nothing in the list":               readyLeavesNothing,
		"a key that is no file name is refused":          keys,
		"one at a time":                                  oneAtATime,
		"two keys, two locks":                            twoLocks,
		"a waiter can be interrupted":                    interrupted,
		"a login waits, and is told":                     turns,
		"what is put under the lock is there after it":   underTheLock,
		"a lock that is held lets requests leave":        holds,
		"what another kept is read when the lock is had": another,
	} {
		t.Run(name, func(t *testing.T) { check(t, fresh(t)) })
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func comesBack(t *testing.T, open Open) {
	must(t, open(t).Put(t.Context(), "a1", Full()))
	got, err := open(t).Get(t.Context(), "a1")
	must(t, err)
	if want := Full(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got.Set.AccessToken.Reveal() != "canary-access" {
		t.Error("the access token is another")
	}
}

func deleted(t *testing.T, open Open) {
	ctx, s := t.Context(), open(t)
	if _, err := s.Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("nothing put: %v", err)
	}
	must(t, s.Put(ctx, "a1", Full()))
	for range 2 {
		if err := s.Delete(ctx, "a1"); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if _, err := open(t).Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("deleted: %v", err)
	}
	if list, err := open(t).List(ctx); err != nil || len(list) != 0 {
		t.Errorf("listed: %v %v", list, err)
	}
	must(t, s.Put(ctx, "a1", Full()))
	if _, err := open(t).Get(ctx, "a1"); err != nil {
		t.Errorf("put again: %v", err)
	}
}

func lastWins(t *testing.T, open Open) {
	s := open(t)
	for i, key := range []string{"a1", "b2", "a1"} {
		r := Full()
		r.Subject = key + strings.Repeat("x", i)
		must(t, s.Put(t.Context(), key, r))
	}
	list, err := open(t).List(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%d entries, %v", len(list), err)
	}
	if list[0].Key != "a1" || list[0].Record.Subject != "a1xx" || list[1].Record.Subject != "b2x" {
		t.Errorf("got %q %q", list[0].Record.Subject, list[1].Record.Subject)
	}
	if time.Since(list[0].Written).Abs() > time.Minute {
		t.Errorf("written %v", list[0].Written)
	}
}

func oversized(t *testing.T, open Open) {
	s := open(t)
	must(t, s.Put(t.Context(), "a1", Full()))
	big := Full()
	big.Pending = make([]byte, store.MaxRecord)
	if err := s.Put(t.Context(), "a1", big); fault.KindOf(err) != fault.Store {
		t.Errorf("got %v", err)
	}
	if r, err := s.Get(t.Context(), "a1"); err != nil || r.Subject != "abc" {
		t.Errorf("the old record: %v", err)
	}
}

func neverAPart(t *testing.T, open Open) {
	big := Full()
	big.Subject = strings.Repeat("x", 100<<10)
	s := open(t)
	must(t, s.Put(t.Context(), "a1", big))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 30 {
			if err := open(t).Put(t.Context(), "a1", big); err != nil {
				t.Error(err)
			}
		}
	}()
	for reads := 0; ; reads++ {
		select {
		case <-done:
			if reads == 0 {
				t.Error("nothing was read")
			}
			return
		default:
		}
		if r, err := s.Get(t.Context(), "a1"); err != nil || r.Subject != big.Subject {
			t.Fatalf("read %d: %v", reads, err)
		}
	}
}

func readyLeavesNothing(t *testing.T, open Open) {
	s := open(t)
	must(t, s.Ready(t.Context()), s.Ready(t.Context()))
	if list, err := s.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func keys(t *testing.T, open Open) {
	s := open(t)
	for _, key := range []string{"", "../x", "A", "a/b", "a.b", "a\x00", strings.Repeat("a", 129)} {
		if err := s.Put(t.Context(), key, Full()); fault.KindOf(err) != fault.Internal {
			t.Errorf("%q: %v", key, err)
		}
	}
}
