package acquire

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/token"
)

// A crash at any write leaves the session with the refresh token of the last
// answer that was durable, and never with another API's access token.
func TestACrashBesideASessionLosesNothing(t *testing.T) {
	for crash := range 4 {
		f, p := newFamily(), person()
		b := loggedIn(t, f, p)
		puts := 0
		b.store.fail = func(storeRecord) error {
			if puts++; puts > crash {
				return errors.New("killed here")
			}
			return nil
		}
		_, err := b.process().Token(t.Context(), p, forScope("one"))
		b.store.fail = nil
		if (crash == 3) != (err == nil) { // what stands beside may be missing: one warning
			t.Errorf("crash %d: %v", crash, err)
		}
		if own := b.get(t, p, Options{}); own.AccessToken.Reveal() != "access-1" || own.Scope != "openid one two" {
			t.Errorf("crash %d: the session's own token is %q for %q", crash, own.AccessToken.Reveal(), own.Scope)
		}
		if crash == 1 {
			continue // sent, and nothing of the answer was written: docs/store.md
		}
		b.get(t, p, forScope("one"))
		b.get(t, p, Options{Force: true})
		if f.reuses != 0 {
			t.Errorf("crash %d: a refresh token was sent twice", crash)
		}
	}
}

// A pending answer for another API gives the session its refresh token alone.
func TestAPendingAnswerBesideASessionIsNotItsOwn(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	b.store.fail = func(r storeRecord) error {
		if r.Set.RefreshToken.Reveal() == "refresh-2" {
			return errors.New("killed here")
		}
		return nil
	}
	if _, err := b.Token(t.Context(), p, forScope("one")); fault.KindOf(err) != fault.Store {
		t.Fatalf("got %v", err)
	}
	b.store.fail = nil
	if kept := b.store.records[Key(p, "")]; len(kept.Pending) == 0 || kept.Aux[pendingSide] == "" {
		t.Fatalf("no pending answer is left: %+v", kept)
	}
	r, err := b.process().Token(t.Context(), p, Options{})
	if err != nil || r.Set.AccessToken.Reveal() != "access-1" || r.Set.RefreshToken.Reveal() != "refresh-2" {
		t.Errorf("%v %+v", err, r.Set)
	}
	b.get(t, p, Options{Force: true})
	if kept := b.store.records[Key(p, "")]; kept.Aux[pendingSide] != "" || f.reuses != 0 {
		t.Errorf("the mark stays: %v", kept.Aux)
	}
}

// A refusal of what was asked costs the session nothing, and says what to do.
func TestARefusedWishCostsNoSession(t *testing.T) {
	for name, c := range map[string]struct {
		ask  Overrides
		kind fault.Kind
		hint string
	}{
		"scope":  {Overrides{Scopes: []string{"three"}}, fault.Refused, "add to scopes in profile plain and start a new session"},
		"target": {Overrides{Resource: []string{"urn:other"}}, fault.Refused, "audience and resource in profile plain"},
	} {
		f, p := newFamily(), person()
		b := loggedIn(t, f, p)
		fe := asFault(t, second(b.process().Token(t.Context(), p, Options{Ask: c.ask})))
		hints := strings.Join(fe.Hints, "\n")
		if fe.Kind != c.kind || !strings.Contains(hints, c.hint) || !strings.Contains(hints, "authctl login-pkce -p plain") {
			t.Errorf("%s: %v %q", name, fe, hints)
		}
		rec := b.store.records[Key(p, "")]
		if rec.Set.RefreshToken.Reveal() != "refresh-1" || !rec.Intent.IsZero() || f.reuses != 0 {
			t.Errorf("%s: the session is %+v", name, rec)
		}
		p.Hints = []profile.Hint{{Match: "invalid_", Say: "the profile knows"}}
		fe = asFault(t, second(b.process().Token(t.Context(), p, Options{Ask: c.ask})))
		if hints := strings.Join(fe.Hints, "\n"); hints != "the profile knows\nauthctl login-pkce -p plain" {
			t.Errorf("%s: the profile's own hint is %q", name, fe.Hints)
		}
	}
}

// A server that spends the refresh token although it refuses what was asked has
// ended the session: the next command says how that came.
func TestARefusalThatSpendsTheRefreshToken(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	ask := Options{Ask: Overrides{Resource: []string{"urn:other"}}}
	_ = second(b.process().Token(t.Context(), p, ask))
	b.get(t, p, Options{Force: true}) // this server did not
	_ = second(b.process().Token(t.Context(), p, ask))
	f.over = true
	if err := second(b.process().Token(t.Context(), p, Options{Force: true})); fault.KindOf(err) != fault.Login || !strings.Contains(err.Error(), "refused a token for resource urn:other") {
		t.Errorf("got %v", err)
	}
	f, p = newFamily(), person()
	b = loggedIn(t, f, p)
	_ = second(b.process().Token(t.Context(), p, ask))
	b.get(t, p, Options{Force: true})
	f.over = true
	if err := second(b.process().Token(t.Context(), p, Options{Force: true})); strings.Contains(err.Error(), "urn:other") {
		t.Errorf("a refresh has shown that the refusal cost nothing: %v", err)
	}
}

// Some servers answer invalid_grant for an API that nobody consented to: a
// plain refresh tells that from the end of the session.
func TestInvalidGrantForAWish(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
		if param(r, "scope") == "two" {
			return refused("invalid_grant", "consent is needed")(r)
		}
		return f.serve(r)
	}
	fe := asFault(t, second(b.process().Token(t.Context(), p, forScope("two"))))
	if fe.Kind != fault.Login || !strings.Contains(fe.Error(), "not for scope two") || !strings.Contains(fe.Error(), "consent is needed") {
		t.Errorf("%v", fe)
	}
	b.get(t, p, forScope("one"))
	if f.reuses != 0 {
		t.Errorf("%d reuses", f.reuses)
	}
	f.over = true
	for range 2 {
		fe = asFault(t, second(b.process().Token(t.Context(), p, Options{Force: true, Ask: Overrides{Scopes: []string{"one"}}})))
		if fe.Kind != fault.Login || !strings.Contains(fe.Error(), "the session is over") {
			t.Errorf("%v", fe)
		}
	}
	if f.reuses != 2 { // the wish, and the refresh that told
		t.Errorf("the server was asked %d times after the end", f.reuses)
	}
	// Its tokens are as good as the session's own.
	b.get(t, p, Options{})
	b.get(t, p, forScope("one"))
}

// A request that may have reached the server marks the session, as a refresh does.
func TestALostAnswerBesideASession(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
		_, _ = f.serve(r)
		return lost(true)(r)
	}
	if err := second(b.process().Token(t.Context(), p, forScope("one"))); fault.KindOf(err) != fault.Network {
		t.Errorf("got %v", err)
	}
	b.http.every = f.serve
	if err := second(b.process().Token(t.Context(), p, forScope("one"))); fault.KindOf(err) != fault.Login || !strings.Contains(err.Error(), "its answer is lost") {
		t.Errorf("then %v", err)
	}
}

// The id_token of such an answer is judged as that of any refresh.
func TestAForgedIDTokenBesideASession(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
		f.current++
		return status(200, nil, object{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": "forged", "refresh_token": fmt.Sprintf("refresh-%d", f.current)})(r)
	}
	a := b.process()
	a.Renewed = func(context.Context, *profile.Profile, token.Set, token.Set) error {
		return fault.New(fault.Invalid, "forged")
	}
	if err := second(a.Token(t.Context(), p, forScope("one"))); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
	b.http.every = f.serve
	b.get(t, p, Options{Force: true})
	if f.reuses != 0 {
		t.Errorf("%d reuses", f.reuses)
	}
}

// An interrupt while the token is being spent is held back until both records are written.
func TestAnInterruptBesideASession(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	ctx, cancel := context.WithCancel(t.Context())
	b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
		cancel()
		return f.serve(r)
	}
	if _, err := b.process().Token(ctx, p, forScope("one")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.process().Token(ctx, p, forScope("two")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the interrupt: %v", err)
	}
	if kept := b.get(t, p, forScope("one")); kept.AccessToken.Reveal() != "access-2" || f.granted != 2 {
		t.Errorf("%q, %d grants", kept.AccessToken.Reveal(), f.granted)
	}
}
