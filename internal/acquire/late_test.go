package acquire

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fakes"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// revocable is a server with a revocation endpoint.
type revocable struct{ *server }

func (s revocable) Resolve(ctx context.Context, p *profile.Profile, needs ...metadata.Need) (metadata.Endpoints, error) {
	e, err := s.server.Resolve(ctx, p, needs...)
	e.Revocation = "https://as.example/revoke"
	return e, err
}

// What the server's answer is to a machine that slept while it came, and what
// another did meanwhile: after a logout nothing of it is kept or printed, and the
// server is told; what stands beside somebody else's token is not revoked, as
// servers may end the whole grant for that (RFC 7009 2.1).
func TestAnAnswerThatCameTooLate(t *testing.T) {
	spends := func(ctx context.Context, a *Acquirer, p *profile.Profile) error {
		_, err := a.Refresh(ctx, p, p)
		return err
	}
	beside := func(ctx context.Context, a *Acquirer, p *profile.Profile) error {
		_, err := a.Token(ctx, p, Options{Ask: Overrides{Scopes: []string{"other"}}})
		return err
	}
	start := func(ctx context.Context, a *Acquirer, p *profile.Profile) error {
		_, err := a.Start(ctx, p, grant.TokenExchange{Profile: p, Subject: grant.Subject{Token: secret.New("subject"), Type: "jwt"}}, StartOptions{})
		return err
	}
	broken := func(answer func(*endpoint.Request) (endpoint.Answer, error)) func(*endpoint.Request) (endpoint.Answer, error) {
		return func(r *endpoint.Request) (endpoint.Answer, error) {
			part, _ := answer(r)
			return endpoint.Answer{}, &endpoint.SendError{Sent: true, Err: errors.New("cut off"), Part: part}
		}
	}
	whole := func(a func(*endpoint.Request) (endpoint.Answer, error)) func(*endpoint.Request) (endpoint.Answer, error) {
		return a
	}
	for name, tt := range map[string]struct {
		call    func(context.Context, *Acquirer, *profile.Profile) error
		answer  func(func(*endpoint.Request) (endpoint.Answer, error)) func(*endpoint.Request) (endpoint.Answer, error)
		renewed bool // the other did not log out: it refreshed
		kind    fault.Kind
		revoked string
	}{
		"a refresh, and a logout":                  {spends, whole, false, fault.Login, "late"},
		"a refresh that broke off, and a logout":   {spends, broken, false, fault.Network, "late"},
		"a refresh, and another refresh":           {spends, whole, true, fault.Kind(0), ""},
		"a token beside a session, and a logout":   {beside, whole, false, fault.Login, "late"},
		"a token beside it, cut off, and a logout": {beside, broken, false, fault.Network, "late"},
		"an exchange, and a logout":                {start, whole, false, fault.Store, "late"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t)
			var slept time.Duration
			began := time.Now()
			engine := &fakes.Engine{Now: func() time.Time { return began.Add(slept) }}
			boot := func() time.Duration { return slept }
			p := plain()
			p.Grant, p.Token.MinTTL = "token_exchange", time.Minute
			b.Store = b.onAFleet(t, engine, boot).Store
			session(t, b, p, "r1")
			b.http.seen, b.http.answers = nil, nil
			var revoked []string
			late := tt.answer(b.dated(granted("late access", "late")))
			b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
				if strings.HasSuffix(r.URL, "/revoke") {
					revoked = append(revoked, param(r, "token"))
					return endpoint.Answer{Status: 200}, nil
				}
				if slept == 0 {
					slept = 2 * time.Minute
					b.elsewhere(t, engine, boot, p, tt.renewed)
				}
				return late(r)
			}
			sleeper := b.onAFleet(t, engine, boot)
			sleeper.Metadata = revocable{b.http}
			err := tt.call(t.Context(), sleeper, p)
			if tt.renewed != (err == nil) || err != nil && fault.KindOf(err) != tt.kind {
				t.Errorf("%v", err)
			}
			if got := strings.Join(slices.Compact(revoked), " "); got != tt.revoked {
				t.Errorf("revoked %q", got)
			}
			list, err := b.onAFleet(t, engine, boot).Store.(*store.Store).List(t.Context())
			if err != nil || len(list) > 0 != tt.renewed {
				t.Errorf("%v, kept %d", err, len(list))
			}
		})
	}
}

// elsewhere is what another machine does under the lock: a logout, or a refresh.
func (b *fixture) elsewhere(t *testing.T, engine *fakes.Engine, boot func() time.Duration, p *profile.Profile, renewed bool) {
	t.Helper()
	s, ctx := b.onAFleet(t, engine, boot).Store, t.Context()
	list, err := s.(*store.Store).List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		lease, err := s.Lock(ctx, LockOf(e.Key))
		if err != nil {
			t.Fatal(err)
		}
		rec := e.Record
		rec.Set.AccessToken, rec.Set.RefreshToken, rec.Intent = secret.New("theirs"), secret.New("their refresh token"), time.Time{}
		switch {
		case !renewed:
			err = s.Delete(ctx, e.Key)
		case rec.Session == "":
			err = errors.Join(lease.Hold(ctx), s.Put(ctx, e.Key, rec))
		}
		lease.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A token that needs nobody whose answer comes after a logout is revoked, and
// one that this logout does not cover is asked for.
func TestATokenThatCameAfterALogout(t *testing.T) {
	for name, exchanged := range map[string]bool{"by the own grant": false, "by an exchange that can be made again": true} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t)
			var slept time.Duration
			began := time.Now()
			engine := &fakes.Engine{Now: func() time.Time { return began.Add(slept) }}
			boot := func() time.Duration { return slept }
			p := plain()
			b.Store = b.onAFleet(t, engine, boot).Store
			b.http.every = b.dated(granted("first", ""))
			if exchanged {
				p.Grant, p.Exchange.SubjectToken, p.Exchange.SubjectTokenType = "token_exchange", secret.Ref{Kind: secret.Env, Name: "S"}, "access_token"
				session(t, b, p, "")
			}
			if _, err := b.Token(t.Context(), p, Options{}); err != nil {
				t.Fatal(err)
			}
			b.now = b.now.Add(2 * time.Hour)
			var revoked []string
			asked := 0
			b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
				if strings.HasSuffix(r.URL, "/revoke") {
					revoked = append(revoked, param(r, "token"))
					return endpoint.Answer{Status: 200}, nil
				}
				if asked++; asked == 1 {
					slept = 2 * time.Minute
					b.elsewhere(t, engine, boot, p, false)
				}
				return b.dated(granted([]string{"late", "next"}[min(asked, 2)-1], ""))(r)
			}
			a := b.onAFleet(t, engine, boot)
			a.Metadata = revocable{b.http}
			got, err := a.Token(t.Context(), p, Options{})
			if err != nil || got.Set.AccessToken.Reveal() != "next" || strings.Join(revoked, " ") != "late" || asked != 2 {
				t.Errorf("%v %q, revoked %q, %d requests", err, got.Set.AccessToken.Reveal(), revoked, asked)
			}
			if again, err := a.Token(t.Context(), p, Options{}); err != nil || again.Set.AccessToken.Reveal() != "next" || asked != 2 {
				t.Errorf("%v %q, %d requests", err, again.Set.AccessToken.Reveal(), asked)
			}
		})
	}
}
