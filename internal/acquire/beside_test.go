package acquire

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// family is a server that takes each refresh token once and ends the whole
// family at the first reuse (RFC 9700 4.14.2). It grants nothing that the login
// did not (RFC 6749 6), and checks that before it spends anything.
type family struct {
	scopes   []string // of the login
	targets  []string // the resources that it knows
	current  int      // the number of the good refresh token
	granted  int
	reuses   int
	over     bool
	kind     string
	life     int
	narrower bool     // grants one scope, whatever was asked
	jkts     []string // of the proofs
}

func newFamily() *family {
	return &family{scopes: []string{"openid", "one", "two"}, targets: []string{"urn:api"}, kind: "Bearer", life: 3600}
}

func (f *family) serve(r *endpoint.Request) (endpoint.Answer, error) {
	scope := strings.Join(f.scopes, " ")
	if param(r, "grant_type") == "refresh_token" {
		for _, s := range strings.Fields(param(r, "scope")) {
			if !strings.Contains(scope, s) {
				return refused("invalid_scope", "not granted: "+s)(r)
			}
		}
		if to := param(r, "resource"); to != "" && to != f.targets[0] {
			return refused("invalid_target", "unknown")(r)
		}
		if f.over || param(r, "refresh_token") != fmt.Sprintf("refresh-%d", f.current) {
			f.reuses++
			f.over = true
			return refused("invalid_grant", "reuse")(r)
		}
		if asked := param(r, "scope"); asked != "" {
			scope = asked
		}
		if f.narrower {
			scope = "openid"
		}
	}
	for _, h := range r.Headers {
		if h.Name == "DPoP" {
			f.jkts = append(f.jkts, h.Value)
		}
	}
	f.current++
	f.granted++
	return status(200, nil, object{
		"access_token": fmt.Sprintf("access-%d", f.granted), "token_type": f.kind, "expires_in": f.life,
		"refresh_token": fmt.Sprintf("refresh-%d", f.current), "scope": scope,
	})(r)
}

// person is a profile whose grant needs one.
func person() *profile.Profile {
	p := plain()
	p.Grant, p.Scopes = "authorization_code", []string{"openid", "one", "two"}
	return p
}

// loggedIn is a fixture with a living session of p at f.
func loggedIn(t *testing.T, f *family, p *profile.Profile) *fixture {
	t.Helper()
	b := newFixture(t)
	b.http.every = f.serve
	if _, err := b.Start(t.Context(), p, grant.AuthorizationCode{Profile: p, Code: secret.New("c")}, StartOptions{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func forScope(s string) Options { return Options{Ask: Overrides{Scopes: []string{s}}} }

// get is one process.
func (b *fixture) get(t *testing.T, p *profile.Profile, o Options) token.Set {
	t.Helper()
	r, err := b.process().Token(t.Context(), p, o)
	if err != nil {
		t.Fatalf("%+v: %v", o.Ask, err)
	}
	return r.Set
}

// Each API has an access token of its own, the session its own besides, and
// one refresh token serves them all.
func TestOneLoginManyAPIs(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	wishes := map[string]Options{
		"own": {}, "one": forScope("one"), "two": forScope("two"), "both": forScope("one two"),
		"resource": {Ask: Overrides{Resource: []string{"urn:api"}}},
		"audience": {Ask: Overrides{Audience: []string{"x"}, Scopes: []string{"one"}}},
		"param":    {Ask: Overrides{Params: []string{"a=b"}}},
	}
	first := map[string]string{}
	for round := range 2 {
		for name, o := range wishes {
			set := b.get(t, p, o)
			if round == 0 {
				first[name] = set.AccessToken.Reveal()
			} else if set.AccessToken.Reveal() != first[name] {
				t.Errorf("%s: %q, before %q", name, set.AccessToken.Reveal(), first[name])
			}
			if name != "own" && !set.RefreshToken.IsZero() {
				t.Errorf("%s: a refresh token is handed out with what cannot be refreshed", name)
			}
		}
	}
	if f.granted != len(wishes) || f.reuses != 0 {
		t.Errorf("%d grants, %d reuses", f.granted, f.reuses)
	}
	rec := b.store.records[Key(p, "")]
	if rec.Set.AccessToken.Reveal() != "access-1" || rec.Set.Scope != "openid one two" || rec.Set.RefreshToken.Reveal() != fmt.Sprintf("refresh-%d", f.current) {
		t.Errorf("the session is %+v", rec.Set)
	}
	seen := map[string]bool{}
	for _, access := range first {
		seen[access] = true
	}
	if len(seen) != len(wishes) {
		t.Errorf("not all different: %v", first)
	}
	// What the profile says anyway is no other API, and a later plain refresh asks as before.
	if again := b.get(t, p, forScope("openid one two")); again.AccessToken.Reveal() != "access-1" {
		t.Errorf("the profile's own scopes: %q", again.AccessToken.Reveal())
	}
	b.get(t, p, Options{Force: true})
	last := b.http.seen[len(b.http.seen)-1]
	if param(last, "scope") != "" || param(last, "resource") != "" || f.reuses != 0 {
		t.Errorf("a plain refresh asks for %q", param(last, "scope"))
	}
}

// The request carries what this call asked for, and nothing of the profile's.
func TestWhatIsAskedBesideASession(t *testing.T) {
	f, p := newFamily(), person()
	p.Resource, p.Audience = []string{"urn:login"}, []string{"login"}
	b := loggedIn(t, f, p)
	for _, c := range []struct {
		ask                       Overrides
		scope, audience, resource string
	}{
		{Overrides{Scopes: []string{"one", "two openid"}}, "one two openid", "", ""},
		{Overrides{Resource: []string{"urn:api"}}, "", "", "urn:api"},
		{Overrides{Audience: []string{"x"}}, "", "x", ""},
	} {
		b.get(t, p, Options{Ask: c.ask})
		r := b.http.seen[len(b.http.seen)-1]
		if param(r, "scope") != c.scope || param(r, "audience") != c.audience || param(r, "resource") != c.resource {
			t.Errorf("%+v sends scope %q, audience %q, resource %q", c.ask, param(r, "scope"), param(r, "audience"), param(r, "resource"))
		}
	}
}

// Show 7: two APIs and the session itself, many processes of each at once.
func TestManyProcessesOfEachKindAskOnce(t *testing.T) {
	const each = 50
	for name, p := range map[string]*profile.Profile{"login": person(), "exchange": rereading()} {
		t.Run(name, func(t *testing.T) {
			f := newFamily()
			b := newFixture(t)
			b.http.every = f.serve
			if _, err := b.Exchange(t.Context(), p, p, exchangeOf(p, "a"), Options{}); err != nil {
				t.Fatal(err)
			}
			for round := range 3 {
				b.now = b.now.Add(2 * time.Hour)
				var mu sync.Mutex
				var wg sync.WaitGroup
				got := map[string]int{}
				b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
					answer, err := f.serve(r)
					answer.At = b.now
					time.Sleep(5 * time.Millisecond)
					return answer, err
				}
				for i := range 3 * each {
					a := b.process()
					wg.Go(func() {
						o := []Options{forScope("one"), forScope("two"), {}}[i%3]
						r, err := a.Token(t.Context(), p, o)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						defer mu.Unlock()
						got[fmt.Sprint(i%3, r.Set.AccessToken.Reveal())]++
					})
				}
				wg.Wait()
				if len(got) != 3 || f.granted != 1+3*(round+1) || f.reuses != 0 {
					t.Fatalf("round %d: %v, %d grants, %d reuses", round, got, f.granted, f.reuses)
				}
			}
		})
	}
}

// What stood beside a session is of no use to the next one.
func TestANewLoginForgetsWhatStoodBeside(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	b.get(t, p, Options{Force: true})
	old := b.get(t, p, forScope("one"))
	b.get(t, p, Options{Force: true}) // a refresh keeps it
	if same := b.get(t, p, forScope("one")); same.AccessToken.Reveal() != old.AccessToken.Reveal() {
		t.Error("a refresh of the session took what stands beside it away")
	}
	for name, begin := range map[string]func() error{
		"login": func() error {
			return second(Result{}, func() error {
				_, err := b.process().Start(t.Context(), p, grant.AuthorizationCode{Profile: p, Code: secret.New("c")}, StartOptions{})
				return err
			}())
		},
		"refresh token from a file": func() error {
			_, err := b.process().RefreshWith(t.Context(), p, p, secret.New(fmt.Sprintf("refresh-%d", f.current)))
			return err
		},
	} {
		before := b.get(t, p, forScope("one"))
		if err := begin(); err != nil {
			t.Fatal(err)
		}
		b.get(t, p, forScope("two")) // now the new session has an id of its own
		if after := b.get(t, p, forScope("one")); after.AccessToken.Reveal() == before.AccessToken.Reveal() {
			t.Errorf("%s: another session's token is handed out", name)
		}
	}
	delete(b.store.records, Key(p, "")) // logout, cut off before the rest
	if err := second(b.process().Token(t.Context(), p, forScope("one"))); fault.KindOf(err) != fault.Login || !strings.Contains(err.Error(), "no session is kept") {
		t.Errorf("without a session: %v", err)
	}
}

func TestASessionWithoutARefreshTokenServesOneAPI(t *testing.T) {
	p := person()
	b := newFixture(t, granted("first", ""))
	if _, err := b.Start(t.Context(), p, grant.AuthorizationCode{Profile: p, Code: secret.New("c")}, StartOptions{}); err != nil {
		t.Fatal(err)
	}
	fe := asFault(t, second(b.process().Token(t.Context(), p, forScope("one"))))
	if fe.Kind != fault.Login || !strings.Contains(fe.Error(), "without a refresh token") || !strings.Contains(fe.Hints[0], "offline_access") {
		t.Errorf("%v %q", fe, fe.Hints)
	}
}

// An exchange that needs no person steps in where its session cannot serve.
func TestAnExchangeServesWhereItsSessionCannot(t *testing.T) {
	p := rereading()
	b := newFixture(t, granted("first", ""), granted("by-exchange", ""))
	if _, err := b.Exchange(t.Context(), p, p, exchangeOf(p, "subject"), Options{}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if set := b.get(t, p, forScope("one")); set.AccessToken.Reveal() != "by-exchange" {
			t.Errorf("%q", set.AccessToken.Reveal())
		}
	}
	if own := b.get(t, p, Options{}); own.AccessToken.Reveal() != "first" {
		t.Errorf("the session's own is %q", own.AccessToken.Reveal())
	}
}

// Where the own grant needs nobody, it is asked as ever, session or not.
func TestTheOwnGrantServesAWish(t *testing.T) {
	b := newFixture(t, granted("first", "r2"), granted("own", ""))
	p := plain()
	if _, err := b.RefreshWith(t.Context(), p, p, secret.New("r1")); err != nil {
		t.Fatal(err)
	}
	b.get(t, p, forScope("one"))
	if kind := param(b.http.seen[1], "grant_type"); kind != "client_credentials" {
		t.Errorf("asked by %s", kind)
	}
}

// The token beside a DPoP-bound session is bound to the session's key.
func TestATokenBesideABoundSession(t *testing.T) {
	f, p := newFamily(), person()
	f.kind, p.DPoP.Enabled = "DPoP", true
	b := loggedIn(t, f, p)
	want, err := b.JKT(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a := b.process()
		if _, err := a.Token(t.Context(), p, forScope("one")); err != nil {
			t.Fatal(err)
		}
		if got, err := a.JKT(t.Context(), p); err != nil || got != want {
			t.Errorf("proofs are made with key %s, the session has %s: %v", got, want, err)
		}
	}
	// A token of another type is not used, and the session goes on.
	f.kind = "Bearer"
	if err := second(b.process().Token(t.Context(), p, forScope("two"))); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
	f.kind = "DPoP"
	b.get(t, p, forScope("two"))
	if f.reuses != 0 {
		t.Errorf("%d reuses", f.reuses)
	}
}

// So is the session's own refresh token when it is handed in (RFC 9449 5); one
// that came from elsewhere may be bound to a key that is not here.
func TestTheSessionsRefreshTokenHandedIn(t *testing.T) {
	f, p := newFamily(), person()
	f.kind, p.DPoP.Enabled = "DPoP", true
	b := loggedIn(t, f, p)
	want, err := b.JKT(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	own := secret.New(fmt.Sprintf("refresh-%d", f.current))
	a := b.process()
	if _, err := a.RefreshWith(t.Context(), p, p, own); err != nil {
		t.Fatal(err)
	}
	if got, err := a.JKT(t.Context(), p); err != nil || got != want {
		t.Errorf("proofs were made with key %s, the session has %s: %v", got, want, err)
	}
	a = b.process()
	_, err = a.RefreshWith(t.Context(), p, p, secret.New("foreign"))
	var fe *fault.Error
	if !errors.As(err, &fe) || fe.Kind != fault.Login || !strings.Contains(fmt.Sprint(fe.Hints), "bound to a DPoP key") {
		t.Errorf("%v", err)
	}
	if got, _ := a.JKT(t.Context(), p); got == want {
		t.Error("another session's key went with a token from elsewhere")
	}
}

func TestFewerScopesThanAskedIsSaidOnce(t *testing.T) {
	f, p := newFamily(), person()
	f.narrower = true
	b := loggedIn(t, f, p)
	for range 2 {
		b.get(t, p, forScope("openid one"))
	}
	if len(b.warns) != 1 || !strings.Contains(b.warns[0], "one") {
		t.Errorf("warned %q", b.warns)
	}
}

// token.single_use keeps no access token: neither the session's nor one beside it.
func TestSingleUseKeepsNothingBeside(t *testing.T) {
	f, p := newFamily(), person()
	p.Token.SingleUse = true
	b := loggedIn(t, f, p)
	if one, two := b.get(t, p, forScope("one")), b.get(t, p, forScope("one")); one.AccessToken.Reveal() == two.AccessToken.Reveal() || f.reuses != 0 {
		t.Errorf("%d reuses, the same token twice: %v", f.reuses, one.AccessToken.Reveal() == two.AccessToken.Reveal())
	}
	if len(b.store.records) != 1 {
		t.Errorf("%d records are kept", len(b.store.records))
	}
}

// Of many that ask anew with --force while one does, all take its answer.
func TestForceBesideASessionAsksOnce(t *testing.T) {
	f, p := newFamily(), person()
	b := loggedIn(t, f, p)
	b.get(t, p, forScope("one"))
	b.now = b.now.Add(time.Minute)
	takes := b.store.asked()
	b.http.every = b.crowded(t, takes+10, func(r *endpoint.Request) (endpoint.Answer, error) {
		answer, err := f.serve(r)
		answer.At = b.now
		return answer, err
	})
	var wg sync.WaitGroup
	for range 10 {
		a := b.process()
		wg.Go(func() {
			r, err := a.Token(t.Context(), p, Options{Force: true, Ask: Overrides{Scopes: []string{"one"}}})
			if err != nil || r.Set.AccessToken.Reveal() != "access-3" {
				t.Errorf("%v %q", err, r.Set.AccessToken.Reveal())
			}
		})
	}
	wg.Wait()
	if f.granted != 3 || f.reuses != 0 {
		t.Errorf("%d grants, %d reuses", f.granted, f.reuses)
	}
}

// A parameter may switch the session's context at the server, as in `refresh
// --param`: an exchange that does not ask for it is asked anew.
func TestAParameterBesideASessionSwitchesIt(t *testing.T) {
	f, p := newFamily(), rereading()
	b := newFixture(t)
	b.http.every = f.serve
	for i, ask := range []Overrides{{Scopes: []string{"one"}}, {Scopes: []string{"one"}, Params: []string{"organization_id=5"}}} {
		if _, err := b.process().Exchange(t.Context(), p, p, exchangeOf(p, "a"), Options{}); err != nil {
			t.Fatal(err)
		}
		b.get(t, p, Options{Ask: ask})
		if _, ok, err := b.process().exchanged(t.Context(), p, p, exchangeOf(p, "a"), Options{}); err != nil || ok != (i == 0) {
			t.Errorf("%+v: %v %v", ask, ok, err)
		}
	}
}
