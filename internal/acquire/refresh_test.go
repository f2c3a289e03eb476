package acquire

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

type storeRecord = store.Record

func list(f ...func(*endpoint.Request) (endpoint.Answer, error)) []func(*endpoint.Request) (endpoint.Answer, error) {
	return f
}

func second(_ Result, err error) error { return err }

func asFault(t *testing.T, err error) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("no fault: %v", err)
	}
	return f
}

// session starts one by exchange and lets its access token grow old.
func session(t *testing.T, b *fixture, p *profile.Profile, refresh string) {
	t.Helper()
	b.http.answers = append(list(granted("first", refresh)), b.http.answers...)
	g := grant.TokenExchange{Profile: p, Subject: grant.Subject{Token: secret.New("subject"), Type: "jwt"}}
	if _, err := b.Start(t.Context(), p, g, StartOptions{}); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(2 * time.Hour)
}

func TestTokenRefreshesTheSession(t *testing.T) {
	b := newFixture(t, granted("second", "r2"), granted("third", ""))
	p := plain()
	session(t, b, p, "r1")
	for i, want := range []string{"second", "third"} {
		r, err := b.process().Token(t.Context(), p, Options{Force: i > 0})
		if err != nil || r.Set.AccessToken.Reveal() != want {
			t.Fatalf("%v %+v", err, r)
		}
	}
	if got := param(b.http.seen[1], "refresh_token"); got != "r1" {
		t.Errorf("spent %q", got)
	}
	if got := param(b.http.seen[2], "refresh_token"); got != "r2" {
		t.Errorf("then spent %q", got)
	}
	// The third answer had no refresh token: r2 stays (RFC 6749 6).
	rec := b.store.puts[len(b.store.puts)-1]
	if rec.Set.RefreshToken.Reveal() != "r2" || len(rec.Pending) != 0 || !rec.Intent.IsZero() {
		t.Errorf("kept %+v", rec)
	}
}

// docs/threats.md 18: all of them wait for the lock while the one asks.
func TestManyProcessesRefreshOnce(t *testing.T) {
	b := newFixture(t, granted("second", "r2"))
	p := plain()
	session(t, b, p, "r1")
	b.http.answers[1] = b.crowded(t, b.store.takes+50, func(*endpoint.Request) (endpoint.Answer, error) {
		return endpoint.Answer{Status: 200, At: b.now, Body: []byte(`{"access_token":"second","token_type":"Bearer","expires_in":3600,"refresh_token":"r2"}`)}, nil
	})
	var wg sync.WaitGroup
	for range 50 {
		a := b.process()
		wg.Go(func() {
			if r, err := a.Token(t.Context(), p, Options{}); err != nil || r.Set.AccessToken.Reveal() != "second" {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
}

func TestTheOrderOfARefresh(t *testing.T) {
	b := newFixture(t, granted("second", "r2"))
	p := plain()
	session(t, b, p, "r1")
	before := len(b.store.puts)
	if _, err := b.Refresh(t.Context(), p, p); err != nil {
		t.Fatal(err)
	}
	puts := b.store.puts[before:]
	if len(puts) != 3 {
		t.Fatalf("%d writes, want intent, raw answer, promoted", len(puts))
	}
	if puts[0].Intent.IsZero() || puts[0].Set.RefreshToken.Reveal() != "r1" || len(puts[0].Pending) != 0 {
		t.Error("the first write is not the intent")
	}
	if len(puts[1].Pending) == 0 || puts[1].Set.RefreshToken.Reveal() != "r1" {
		t.Error("the second write is not the raw answer")
	}
	if puts[2].Set.RefreshToken.Reveal() != "r2" || len(puts[2].Pending) != 0 {
		t.Error("the third write is not the promoted set")
	}
}

func TestAStoreThatCannotKeepSpendsNothing(t *testing.T) {
	b := newFixture(t)
	p := plain()
	session(t, b, p, "r1")
	b.store.fail = func(store.Record) error { return errors.New("disk full") }
	_, err := b.Refresh(t.Context(), p, p)
	if fault.KindOf(err) != fault.Store {
		t.Errorf("got %v", err)
	}
}

func TestACrashAfterTheRawAnswerLosesNothing(t *testing.T) {
	b := newFixture(t, granted("second", "r2"))
	p := plain()
	session(t, b, p, "r1")
	b.store.fail = func(r store.Record) error {
		if r.Set.RefreshToken.Reveal() == "r2" {
			return errors.New("killed here")
		}
		return nil
	}
	if _, err := b.Refresh(t.Context(), p, p); err == nil {
		t.Fatal("the crash did not happen")
	}
	b.store.fail = nil
	b.now = testNow // the answer is of now
	// Nobody has verified an id_token in what a crash left: it is not handed out.
	rec := b.store.records[Key(p, "")]
	key := Key(p, "")
	if rec.Session != "" {
		key = rec.Session
		rec = b.store.records[key]
	}
	rec.Pending = []byte(strings.Replace(string(rec.Pending), "{", `{"id_token":"unverified",`, 1))
	b.store.records[key] = rec
	r, err := b.process().Token(t.Context(), p, Options{})
	switch {
	case err != nil:
		t.Error(err)
	case r.Set.AccessToken.Reveal() != "second" || r.Set.RefreshToken.Reveal() != "r2":
		t.Errorf("tokens %q and %q", r.Set.AccessToken.Reveal(), r.Set.RefreshToken.Reveal())
	case r.Set.IDToken.Reveal() == "unverified":
		t.Error("an id_token that nobody verified is handed out")
	}
}

func TestARefreshIsNeverSentTwice(t *testing.T) {
	for name, answer := range map[string]func(*endpoint.Request) (endpoint.Answer, error){
		"lost after sending": lost(true), "503": status(503, nil, nil), "429": status(429, nil, nil),
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, answer)
			p := plain()
			session(t, b, p, "r1")
			if _, err := b.Refresh(t.Context(), p, p); err == nil {
				t.Error("no error")
			}
		})
	}
	b := newFixture(t, lost(false), granted("second", ""))
	p := plain()
	session(t, b, p, "r1")
	if _, err := b.Refresh(t.Context(), p, p); err != nil {
		t.Errorf("a request that never left was not repeated: %v", err)
	}
}

func TestInvalidGrantEndsTheSessionAndAsksNobodyAgain(t *testing.T) {
	b := newFixture(t, refused("invalid_grant", "Stale token"))
	p := plain()
	session(t, b, p, "r1")
	for range 2 {
		f := asFault(t, second(b.process().Token(t.Context(), p, Options{})))
		if f.Kind != fault.Login || !strings.Contains(strings.Join(f.Hints, "\n"), "authctl exchange -p plain --subject-token FILE") {
			t.Errorf("%v %q", f, f.Hints)
		}
	}
}

func TestInvalidGrantUsesATokenThatAnotherProcessRotated(t *testing.T) {
	b := newFixture(t, nil, granted("third", "r3"))
	p := plain()
	session(t, b, p, "r1")
	key := b.store.records[Key(p, "")].Session
	b.http.answers[1] = func(r *endpoint.Request) (endpoint.Answer, error) {
		rec := b.store.records[key]
		rec.Set.RefreshToken = secret.New("r2")
		b.store.records[key] = rec
		return refused("invalid_grant", "reuse")(r)
	}
	set, err := b.Refresh(t.Context(), p, p)
	if err != nil || set.AccessToken.Reveal() != "third" || param(b.http.seen[2], "refresh_token") != "r2" {
		t.Errorf("%v", err)
	}
}

// docs/threats.md 9: a store that changes with every look is asked once more, not for ever.
func TestInvalidGrantIsNeverALoop(t *testing.T) {
	for name, c := range map[string]struct {
		last func(*endpoint.Request) (endpoint.Answer, error)
		kind fault.Kind
		left string
	}{
		"refused again":    {refused("invalid_grant", "reuse"), fault.Login, ""},
		"then the network": {lost(true), fault.Network, "r3"},
		"then trouble":     {status(503, nil, nil), fault.Network, "r3"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, nil, nil)
			p := plain()
			session(t, b, p, "r1")
			key := b.store.records[Key(p, "")].Session
			rotate := func(to string, answer func(*endpoint.Request) (endpoint.Answer, error)) func(*endpoint.Request) (endpoint.Answer, error) {
				return func(r *endpoint.Request) (endpoint.Answer, error) {
					rec := b.store.records[key]
					rec.Set.RefreshToken = secret.New(to)
					b.store.records[key] = rec
					return answer(r)
				}
			}
			b.http.answers[1], b.http.answers[2] = rotate("r2", refused("invalid_grant", "reuse")), rotate("r3", c.last)
			if _, err := b.Refresh(t.Context(), p, p); fault.KindOf(err) != c.kind {
				t.Errorf("got %v", err)
			}
			if left := b.store.records[key].Set.RefreshToken.Reveal(); left != c.left {
				t.Errorf("%q is kept", left)
			}
		})
	}
}

func TestAnInterruptedRefreshIsExplained(t *testing.T) {
	b := newFixture(t, lost(true), refused("invalid_grant", "Stale token"))
	p := plain()
	session(t, b, p, "r1")
	_, _ = b.Refresh(t.Context(), p, p)
	_, err := b.process().Refresh(t.Context(), p, p)
	if f := asFault(t, err); f.Kind != fault.Login || !strings.Contains(f.Error(), "its answer is lost") {
		t.Errorf("%v", err)
	}
}

func TestAnInterruptIsHeldBackWhileTheTokenIsSpent(t *testing.T) {
	b := newFixture(t, nil)
	p := plain()
	session(t, b, p, "r1")
	ctx, cancel := context.WithCancel(t.Context())
	b.http.answers[1] = func(r *endpoint.Request) (endpoint.Answer, error) {
		cancel()
		return granted("second", "r2")(r)
	}
	if _, err := b.Refresh(ctx, p, p); err != nil {
		t.Fatal(err)
	}
	if got := b.store.puts[len(b.store.puts)-1].Set.RefreshToken.Reveal(); got != "r2" {
		t.Errorf("kept %q", got)
	}
	_, err := b.Refresh(ctx, p, p)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a refresh began after the interrupt: %v", err)
	}
}

func TestOneSubjectsTokenIsNotAnothers(t *testing.T) {
	b := newFixture(t)
	p := plain()
	session(t, b, p, "")
	b.now = testNow
	g := grant.TokenExchange{Profile: p, Subject: grant.Subject{Token: secret.New("subject"), Type: "jwt"}}
	if _, ok, err := b.exchanged(t.Context(), p, p, g, Options{}); !ok || err != nil {
		t.Errorf("the same subject: %v %v", ok, err)
	}
	g.Subject.Token = secret.New("another")
	if _, ok, err := b.exchanged(t.Context(), p, p, g, Options{}); ok || err != nil {
		t.Errorf("another subject: %v %v", ok, err)
	}
}

func TestARefusedCheckKeepsNothing(t *testing.T) {
	b := newFixture(t, granted("a", "r"))
	p := plain()
	g := grant.TokenExchange{Profile: p, Subject: grant.Subject{Token: secret.New("s"), Type: "jwt"}}
	_, err := b.Start(t.Context(), p, g, StartOptions{Check: func(token.Set) error { return errors.New("wrong nonce") }})
	if err == nil || len(b.store.records) != 0 {
		t.Errorf("%v, %d are kept", err, len(b.store.records))
	}
}

// The profile's own grant, asked for beside a session, costs the session nothing.
func TestTheOwnGrantDoesNotReplaceASession(t *testing.T) {
	b := newFixture(t, granted("first", "r2"), granted("own", ""))
	p := plain()
	if _, err := b.RefreshWith(t.Context(), p, p, secret.New("r1")); err != nil {
		t.Fatal(err)
	}
	r, err := b.process().Token(t.Context(), p, Options{own: true})
	if err != nil || r.Set.AccessToken.Reveal() != "own" {
		t.Fatalf("%v %+v", err, r)
	}
	if kept := b.store.records[Key(p, "")]; kept.Set.RefreshToken.Reveal() != "r2" {
		t.Errorf("the session was replaced by a %s token", kept.Grant)
	}
}

// A login that ends while `token` waits for the lock is used, not overwritten.
func TestASessionThatBeginsMeanwhileIsUsed(t *testing.T) {
	b := newFixture(t)
	p := plain()
	b.store.locked = func() {
		b.store.records[Key(p, "")] = store.Record{Profile: p.Name, Grant: "authorization_code", Set: token.Set{
			AccessToken: secret.New("login"), TokenType: "Bearer", RefreshToken: secret.New("r"), ExpiresAt: b.now.Add(time.Hour),
		}}
	}
	r, err := b.Token(t.Context(), p, Options{})
	if err != nil || r.Set.AccessToken.Reveal() != "login" {
		t.Errorf("%v %+v", err, r)
	}
}

// A kept token of a configured assertion takes no lock either.
func TestAFreshTokenOfAnAssertionTakesNoLock(t *testing.T) {
	b := newFixture(t, granted("one", ""))
	p := plain()
	p.Grant, p.Exchange.SubjectToken = "jwt_bearer", secret.Ref{Kind: secret.Keyring, Name: "assertion"}
	if _, err := b.Token(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	takes := b.store.takes
	r, err := b.process().Token(t.Context(), p, Options{})
	if err != nil || !r.FromStore || b.store.takes != takes {
		t.Errorf("%v %+v, %d locks", err, r, b.store.takes-takes)
	}
}

// A refresh token that was handed in and is refused leaves the kept session alone.
func TestARefusedTokenFromAFileCostsNoSession(t *testing.T) {
	b := newFixture(t, granted("first", "r2"), refused("invalid_grant", "Stale token"))
	p := plain()
	if _, err := b.RefreshWith(t.Context(), p, p, secret.New("r1")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.process().RefreshWith(t.Context(), p, p, secret.New("stale")); fault.KindOf(err) != fault.Login {
		t.Errorf("got %v", err)
	}
	if kept := b.store.records[Key(p, "")].Set.RefreshToken.Reveal(); kept != "r2" {
		t.Errorf("%q is kept", kept)
	}
}

// The refresh token that came beside a client_credentials token is no session:
// when it is refused, nobody has to log in.
func TestARefusedTokenOfTheOwnGrantNeedsNoLogin(t *testing.T) {
	b := newFixture(t, granted("one", "r1"), refused("invalid_grant", "Stale token"))
	p := plain()
	if _, err := b.Token(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	_, err := b.process().Refresh(t.Context(), p, p)
	f := asFault(t, err)
	if hints := strings.Join(f.Hints, "\n"); f.Kind != fault.Refused || f.Code != "invalid_grant" || !strings.Contains(hints, "authctl token -p plain") {
		t.Errorf("%v %q", f, hints)
	}
}

// TestARefusedRefreshIsNeverHandedOut: the answer to a refresh is durable before
// it is judged. One of the wrong type, or with a wrong id_token, must not come
// back by way of the store; its refresh token is the only good one.
func TestARefusedRefreshIsNeverHandedOut(t *testing.T) {
	bound := func(access, refresh, id string) func(*endpoint.Request) (endpoint.Answer, error) {
		return status(200, nil, object{"access_token": access, "token_type": "DPoP", "expires_in": 3600, "refresh_token": refresh, "id_token": id})
	}
	for name, tt := range map[string]struct {
		wrong func(*endpoint.Request) (endpoint.Answer, error)
		crash bool // before the answer was judged
	}{
		"type":                  {wrong: granted("wrong", "r2")},
		"type, after a crash":   {wrong: granted("wrong", "r2"), crash: true},
		"id_token":              {wrong: bound("wrong", "r2", "forged")},
		"id_token, could be ok": {wrong: bound("unjudged", "r2", "unknown")},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, bound("first", "r1", "good"), tt.wrong, bound("third", "r3", "good"))
			p := plain()
			p.Grant, p.DPoP.Enabled = "authorization_code", true
			b.Renewed = func(_ context.Context, _ *profile.Profile, old, got token.Set) error {
				switch {
				case old.IDToken.Reveal() != "good":
					t.Errorf("renews %q", old.IDToken.Reveal())
				case got.IDToken.Reveal() == "forged":
					return fault.New(fault.Invalid, "forged")
				case got.IDToken.Reveal() == "unknown":
					return fault.New(fault.Network, "no keys")
				}
				return nil
			}
			if _, err := b.Start(t.Context(), p, grant.AuthorizationCode{Profile: p, Code: secret.New("c")}, StartOptions{}); err != nil {
				t.Fatal(err)
			}
			if tt.crash {
				before := len(b.store.puts)
				b.store.fail = func(r store.Record) error {
					if len(b.store.puts) > before+1 { // the intent and the raw answer
						return errors.New("crashed")
					}
					return nil
				}
			}
			r, err := b.Token(t.Context(), p, Options{Force: true})
			b.store.fail = nil
			if strings.HasSuffix(name, "ok") {
				if err != nil || r.Set.IDToken.Reveal() != "good" || len(b.warns) != 1 {
					t.Errorf("%v, id_token %q, warned %q", err, r.Set.IDToken.Reveal(), b.warns)
				}
			} else if fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
			next := b.process()
			next.Renewed = b.Renewed
			if r, err := next.Token(t.Context(), p, Options{}); err != nil || r.Set.AccessToken.Reveal() == "wrong" {
				t.Errorf("then %q %v", r.Set.AccessToken.Reveal(), err)
			}
			if _, err := next.Token(t.Context(), p, Options{Force: true}); err != nil || param(b.http.seen[2], "refresh_token") != "r2" {
				t.Errorf("%v, spent %q", err, param(b.http.seen[2], "refresh_token"))
			}
		})
	}
}
