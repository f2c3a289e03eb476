package acquire

import (
	"context"
	"errors"
	"strings"
	"testing"

	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// spends are the calls that send something which is good for one use, each with
// what is told when it is cut off.
func spends() map[string]struct {
	call func(ctx context.Context, b *fixture, p *profile.Profile) error
	told string
} {
	type row = struct {
		call func(ctx context.Context, b *fixture, p *profile.Profile) error
		told string
	}
	start := func(g grant.Grant) func(context.Context, *fixture, *profile.Profile) error {
		return func(ctx context.Context, b *fixture, p *profile.Profile) error {
			_, err := b.Start(ctx, p, g, StartOptions{})
			return err
		}
	}
	return map[string]row{
		"refresh": {func(ctx context.Context, b *fixture, p *profile.Profile) error {
			_, err := b.Refresh(ctx, p, p)
			return err
		}, "the refresh token of plain was on its way: if the next token is refused, authctl exchange -p plain --subject-token FILE starts a new session"},
		"a given one": {func(ctx context.Context, b *fixture, p *profile.Profile) error {
			_, err := b.RefreshWith(ctx, p, p, secret.New("given"))
			return err
		}, "the refresh token of plain was on its way: if the next token is refused, authctl refresh -p plain --refresh-token FILE starts a new session"},
		"beside": {func(ctx context.Context, b *fixture, p *profile.Profile) error {
			_, err := b.Token(ctx, p, Options{Ask: Overrides{Audience: []string{"urn:other"}}})
			return err
		}, "the refresh token of plain was on its way: if the next token is refused, authctl exchange -p plain --subject-token FILE starts a new session"},
		"a code": {
			start(grant.AuthorizationCode{Profile: plain(), Code: secret.New("code")}),
			"the login of plain was being completed: if no token is kept, authctl login-pkce -p plain logs in again",
		},
		"a device code": {
			start(grant.DeviceCode{Code: secret.New("code")}),
			"the login of plain was being completed: if no token is kept, authctl login-device -p plain logs in again",
		},
		"an exchange": {
			start(grant.TokenExchange{Profile: plain(), Subject: grant.Subject{Token: secret.New("other"), Type: "jwt"}}),
			"what plain exchanges was on its way: a server that takes it once only takes it no more",
		},
	}
}

// What a second signal costs is told from the moment it leaves until what it
// brought is kept, and at no other time.
func TestWhatIsOnItsWayIsTold(t *testing.T) {
	for name, tt := range spends() {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, nil)
			p := plain()
			p.Grant = "token_exchange"
			session(t, b, p, "r1")
			told := ""
			b.Spending = func(what string) func() {
				told = what
				return func() { told = "" }
			}
			var during string
			b.http.answers[1] = func(r *endpoint.Request) (endpoint.Answer, error) {
				during = told
				return granted("second", "r2")(r)
			}
			b.store.fail = func(r store.Record) error {
				if len(r.Pending) > 0 && told == "" {
					t.Error("nothing is told while the answer is written")
				}
				return nil
			}
			if err := tt.call(t.Context(), b, p); err != nil {
				t.Fatal(err)
			}
			if during != tt.told {
				t.Errorf("told is %q\nwant    %q", during, tt.told)
			}
			if told != "" {
				t.Errorf("still told: %s", told)
			}
		})
	}
}

// Until a token leaves, an interrupt ends the command and costs nothing: the
// session is as it was, and a later refusal is not blamed on it.
func TestAnInterruptBeforeTheTokenLeavesCostsNothing(t *testing.T) {
	for name, tt := range spends() {
		if !strings.Contains(tt.told, "refresh token") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b := newFixture(t)
			p := plain()
			p.Grant = "token_exchange"
			session(t, b, p, "r1")
			before := b.store.records[Key(p, "")]
			if before.Session != "" {
				before = b.store.records[before.Session]
			}
			ctx, interrupt := context.WithCancel(t.Context())
			b.Poster = dialing{b.http, interrupt}
			b.Spending = func(what string) func() {
				t.Errorf("it never left, and is told: %s", what)
				return func() {}
			}
			if err := tt.call(ctx, b, p); !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			for _, rec := range b.store.records {
				if rec.Set.RefreshToken.Reveal() == "r1" && !rec.Intent.Equal(before.Intent) {
					t.Error("a request is said to be under way")
				}
			}
		})
	}
}

// dialing is interrupted while it connects.
type dialing struct {
	*server
	interrupt func()
}

func (d dialing) Post(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
	d.interrupt()
	<-ctx.Done()
	return d.server.Post(ctx, r)
}

func TestNothingLeavesWhenItIsOver(t *testing.T) {
	a := New(Deps{})
	e := a.steadyOneUse(t.Context(), locked{}, "")
	e.end()
	if e.leave() == nil || e.gone() {
		t.Error("it left")
	}
}
