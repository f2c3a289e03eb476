package acquire

import (
	"context"
	"errors"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// ways are all the calls that send a grant under a lock.
func ways() map[string]func(ctx context.Context, b *fixture, p *profile.Profile) error {
	all := map[string]func(ctx context.Context, b *fixture, p *profile.Profile) error{
		"the own grant": func(ctx context.Context, b *fixture, p *profile.Profile) error {
			own := *p
			own.Grant, own.Client.ID = "client_credentials", "another"
			_, err := b.Token(ctx, &own, Options{})
			return err
		},
	}
	for name, way := range spends() {
		all[name] = way.call
	}
	return all
}

// Whoever was held up between the lock and the request, on a machine that was
// put to sleep for instance, may have been overtaken: each way to a request asks
// right before it, once for each attempt.
func TestEachRequestIsAskedFor(t *testing.T) {
	broken := errors.New("the engine is away")
	for name, call := range ways() {
		for what, tt := range map[string]struct {
			says []error // of the store, one after another
			sent int
			want error
		}{
			"held":         {[]error{nil}, 1, nil},
			"overtaken":    {[]error{store.ErrOvertaken, nil}, 1, nil},
			"nobody knows": {[]error{broken}, 0, broken},
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				b := newFixture(t, nil)
				p := plain()
				p.Grant = "token_exchange"
				session(t, b, p, "r1")
				asked, before := 0, len(b.http.seen)
				b.store.hold = func(context.Context) error {
					if len(b.http.seen) > before {
						t.Error("asked after the request")
					}
					asked++
					return tt.says[asked-1]
				}
				b.http.answers = b.http.answers[:1]
				if tt.sent > 0 {
					b.http.answers = append(b.http.answers, granted("second", "r2"))
				}
				if err := call(t.Context(), b, p); !errors.Is(err, tt.want) {
					t.Errorf("got %v", err)
				}
				if sent := len(b.http.seen) - before; sent != tt.sent || asked != len(tt.says) {
					t.Errorf("%d sent, asked %d times", sent, asked)
				}
			})
		}
	}
}

// A second attempt is a second request.
func TestEachAttemptIsAskedFor(t *testing.T) {
	asked := 0
	b := newFixture(t, status(503, nil, object{}), func(r *endpoint.Request) (endpoint.Answer, error) {
		if asked != 2 {
			t.Errorf("asked %d times", asked)
		}
		return granted("a", "")(r)
	})
	b.store.hold = func(context.Context) error { asked++; return nil }
	if _, err := b.Token(t.Context(), plain(), Options{}); err != nil {
		t.Error(err)
	}
}

// The answer was lost to another's: what that one keeps serves, and nothing is sent again.
func TestWhatAnotherKeptMeanwhileServes(t *testing.T) {
	b := newFixture(t, granted("mine", "r2"))
	p := plain()
	p.Grant = "token_exchange"
	session(t, b, p, "r1")
	key := Key(p, "")
	if rec := b.store.records[key]; rec.Session != "" {
		key = rec.Session
	}
	b.store.fail = func(r store.Record) error {
		if r.Intent.IsZero() || len(r.Pending) > 0 {
			theirs := b.store.records[key]
			theirs.Intent = time.Time{}
			theirs.Set.AccessToken, theirs.Set.ObtainedAt, theirs.Set.ExpiresAt = secret.New("theirs"), b.now, b.now.Add(time.Hour)
			b.store.records[key] = theirs
			return store.ErrOvertaken
		}
		return nil
	}
	got, err := b.Token(t.Context(), p, Options{Force: true})
	if err != nil || got.Set.AccessToken.Reveal() != "theirs" {
		t.Errorf("%v %q", err, got.Set.AccessToken.Reveal())
	}
}
