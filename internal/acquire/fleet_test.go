package acquire

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fakes"
	"authctl/internal/store"
)

// onAFleet is one more machine on engine.
func (b *fixture) onAFleet(t *testing.T, engine *fakes.Engine, boot func() time.Duration) *Acquirer {
	t.Helper()
	s, err := store.Open(store.Options{
		Kind: store.KindVault, Rand: rand.Reader, Now: time.Now, Warn: func(string) {},
		Shared: &store.Shared{Engine: engine, Boot: boot, Spool: b.spool, Keys: func(context.Context) ([][]byte, error) {
			return [][]byte{bytes.Repeat([]byte{1}, store.KeySize)}, nil
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := b.process()
	a.Store, a.Warn = s, func(string) {}
	return a
}

// Thirty machines with a stale session: one spends its refresh token.
func TestAFleetRefreshesOnce(t *testing.T) {
	b := newFixture(t)
	b.http.answers = list(b.dated(granted("second", "r2")))
	engine, p := &fakes.Engine{}, plain()
	p.Grant = "token_exchange"
	b.Store = b.onAFleet(t, engine, nil).Store
	session(t, b, p, "r1")
	var wg sync.WaitGroup
	for range 30 {
		machine := b.onAFleet(t, engine, nil)
		wg.Go(func() {
			if got, err := machine.Token(t.Context(), p, Options{}); err != nil || got.Set.AccessToken.Reveal() != "second" {
				t.Errorf("%v %q", err, got.Set.AccessToken.Reveal())
			}
		})
	}
	wg.Wait()
}

// A machine is put to sleep between its claim and its request, and another
// refreshes meanwhile: it wakes, sends nothing, and gives the other one's token.
func TestAMachineThatSleptSendsNothing(t *testing.T) {
	b := newFixture(t)
	b.http.answers = list(b.dated(granted("second", "r2")))
	var slept time.Duration
	start := time.Now()
	engine := &fakes.Engine{Now: func() time.Time { return start.Add(slept) }}
	boot := func() time.Duration { return slept }
	p := plain()
	p.Grant = "token_exchange"
	b.Store = b.onAFleet(t, engine, boot).Store
	session(t, b, p, "r1")
	sleeper := b.onAFleet(t, engine, boot)
	sleeper.Poster = posterFunc(func(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
		if slept == 0 {
			slept = 2 * time.Minute
			if got, err := b.onAFleet(t, engine, boot).Token(ctx, p, Options{}); err != nil || got.Set.AccessToken.Reveal() != "second" {
				t.Errorf("%v %+v", err, got)
			}
		}
		return b.http.Post(ctx, r)
	})
	if got, err := sleeper.Token(t.Context(), p, Options{}); err != nil || got.Set.AccessToken.Reveal() != "second" {
		t.Errorf("%v %q", err, got.Set.AccessToken.Reveal())
	}
}

// The server's answer comes to a machine that was overtaken while it waited for
// it, and the other's request was refused: the session lives.
func TestALateAnswerIsDeposited(t *testing.T) {
	b := newFixture(t)
	b.http.answers = list(b.dated(granted("second", "r2")), refused("invalid_grant", "spent"), refused("invalid_grant", "the session has ended"))
	var slept time.Duration
	start := time.Now()
	engine := &fakes.Engine{Now: func() time.Time { return start.Add(slept) }}
	boot := func() time.Duration { return slept }
	p := plain()
	p.Grant = "token_exchange"
	b.Store = b.onAFleet(t, engine, boot).Store
	session(t, b, p, "r1")
	sleeper := b.onAFleet(t, engine, boot)
	var other error
	sleeper.Poster = posterFunc(func(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
		answer, err := b.http.Post(ctx, r)
		slept = 2 * time.Minute
		_, other = b.onAFleet(t, engine, boot).Token(ctx, p, Options{})
		return answer, err
	})
	if got, err := sleeper.Token(t.Context(), p, Options{}); err != nil || got.Set.AccessToken.Reveal() != "second" {
		t.Errorf("%v %q", err, got.Set.AccessToken.Reveal())
	}
	if other == nil {
		t.Error("a spent token was taken")
	}
	if got, err := b.onAFleet(t, engine, boot).Token(t.Context(), p, Options{}); err != nil || fmt.Sprint(got.FromStore) != "true" {
		t.Errorf("the session is lost: %v %+v", err, got)
	}
	// Where the server ends it for the second use all the same, whoever meets that is told.
	if _, err := b.onAFleet(t, engine, boot).Token(t.Context(), p, Options{Force: true}); err == nil || !strings.Contains(err.Error(), "came late") {
		t.Errorf("got %v", err)
	}
}

// posterFunc is a Poster.
type posterFunc func(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error)

func (f posterFunc) Post(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
	return f(ctx, r)
}

// dated is answer as it comes by this clock.
func (b *fixture) dated(answer func(*endpoint.Request) (endpoint.Answer, error)) func(*endpoint.Request) (endpoint.Answer, error) {
	return func(r *endpoint.Request) (endpoint.Answer, error) {
		a, err := answer(r)
		a.At = b.now
		return a, err
	}
}
