package acquire

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

func loginOf(p *profile.Profile) grant.AuthorizationCode {
	p.Grant = "authorization_code"
	return grant.AuthorizationCode{Profile: p, Code: secret.New("code")}
}

// docs/threats.md 8: a process that dies right after the answer came, or a disk
// that takes no more than the refresh token, costs no session, however odd the answer.
func TestTheRefreshTokenOfAnyAnswerIsDurableFirst(t *testing.T) {
	for _, row := range oddAnswers() {
		for name, fails := range map[string]func(before int, b *fixture) func(store.Record) error{
			"killed": func(before int, b *fixture) func(store.Record) error {
				return func(store.Record) error {
					if len(b.store.puts) > before+1 { // the intent and the raw answer
						return errors.New("killed")
					}
					return nil
				}
			},
			"no room, and killed": func(before int, b *fixture) func(store.Record) error {
				return func(r store.Record) error {
					if len(r.Pending) > 0 || len(b.store.puts) > before+1 { // the intent and the refresh token
						return errors.New("no space left")
					}
					return nil
				}
			},
		} {
			t.Run(row.name+"/"+name, func(t *testing.T) {
				b, s, p := oddFixture(t, row)
				s.plain = true
				if _, err := oddGrants()["authorization_code"](b.on(s), t.Context(), p); err != nil {
					t.Fatal(err)
				}
				s.plain = false
				b.store.fail = fails(len(b.store.puts), b)
				_, _ = b.on(s).Token(t.Context(), p, Options{Force: true})
				b.store.fail, s.plain = nil, true
				fiveTimes(t, b, s, p, 0)
			})
		}
	}
}

// What was not verified is never the session: while it is checked it stands
// under a key of its own, and no command finds it as the session.
func TestALoginIsTheSessionAfterItsChecks(t *testing.T) {
	b, s, p := oddFixture(t, odd{body: soundAnswer})
	g := loginOf(p)
	checked := false
	_, err := b.on(s).Start(t.Context(), p, g, StartOptions{MustKeep: true, Check: func(token.Set) error {
		checked = true
		held := b.store.records[Key(p, "")+pendingEnd]
		if _, kept := b.store.records[Key(p, "")]; kept || Unverified(held).RefreshToken.Reveal() != "r1" || !held.Set.AccessToken.IsZero() {
			t.Errorf("kept %v, held %+v", kept, held)
		}
		return nil
	}})
	if err != nil || !checked {
		t.Errorf("checked %v, %v", checked, err)
	}
	onlySession := func() bool {
		return len(b.store.records) == 1 && b.store.records[Key(p, "")].Set.RefreshToken.Reveal() == "r1"
	}
	if !onlySession() {
		t.Errorf("kept %+v", b.store.records)
	}
	if len(s.revoked) != 0 {
		t.Errorf("revoked %q", s.revoked)
	}
	for name, o := range map[string]StartOptions{
		"forged":     {MustKeep: true, Check: func(token.Set) error { return fault.New(fault.Invalid, "forged") }},
		"no network": {MustKeep: true, Check: func(token.Set) error { return fault.New(fault.Network, "no keys") }},
	} {
		s.revoked = nil
		_, err := b.on(s).Start(t.Context(), p, g, o)
		switch {
		case err == nil:
			t.Errorf("%s: no error", name)
		case len(s.revoked) != 1:
			t.Errorf("%s: revoked %q", name, s.revoked)
		case !onlySession():
			t.Errorf("%s: kept %+v", name, b.store.records)
		}
	}
}

// What a crash left of a login is revoked by the next command that holds the
// lock, unless it had become the session.
func TestWhatACrashLeftOfALogin(t *testing.T) {
	raw := []byte(strings.NewReplacer("%A", "left", "%R", "left-r").Replace(soundAnswer))
	session := store.Record{Profile: "plain", Grant: "authorization_code", Set: token.Set{
		AccessToken: secret.New("old"), RefreshToken: secret.New("r0"), ObtainedAt: testNow.Add(-2 * time.Hour), ExpiresAt: testNow.Add(-time.Hour),
	}}
	promoted := session
	promoted.Set.ObtainedAt = testNow.Add(-time.Minute)
	for name, c := range map[string]struct {
		kept    *store.Record
		revoked []string
		kind    fault.Kind
	}{
		"no session":       {nil, []string{"left-r"}, fault.Login},
		"an older session": {&session, []string{"left-r"}, 0},
		"it became one":    {&promoted, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, s, p := oddFixture(t, odd{body: soundAnswer})
			loginOf(p)
			key := Key(p, "")
			s.live = map[string]bool{"r0": true, "left-r": true}
			b.store.records[key+pendingEnd] = store.Record{Profile: "plain", Grant: "authorization_code", Pending: raw, Intent: promoted.Set.ObtainedAt}
			if c.kept != nil {
				b.store.records[key] = *c.kept
			}
			_, err := b.on(s).Refresh(t.Context(), p, p)
			if (c.kind == 0) != (err == nil) || c.kind != 0 && fault.KindOf(err) != c.kind {
				t.Errorf("%v, want kind %v", err, c.kind)
			}
			if !slices.Equal(s.revoked, c.revoked) {
				t.Errorf("revoked %q, want %q", s.revoked, c.revoked)
			}
			if s.reuses != 0 {
				t.Errorf("%d reuses", s.reuses)
			}
			if _, left := b.store.records[key+pendingEnd]; left {
				t.Error("it is still there")
			}
		})
	}
}

// A refresh token that was handed in, and whose answer is no use, leaves the kept session.
func TestAnOddAnswerToATokenFromAFileCostsNoSession(t *testing.T) {
	b, s, p := oddFixture(t, odd{body: `{"refresh_token":"%R","error":"x","access_token":"%A"}`})
	s.plain = true
	if _, err := b.on(s).Start(t.Context(), p, loginOf(p), StartOptions{MustKeep: true}); err != nil {
		t.Fatal(err)
	}
	s.plain, s.live["given"] = false, true
	if _, err := b.on(s).RefreshWith(t.Context(), p, p, secret.New("given")); fault.KindOf(err) != fault.Network {
		t.Errorf("got %v", err)
	}
	if kept := b.store.records[Key(p, "")]; kept.Set.RefreshToken.Reveal() != "r1" || len(b.store.records) != 1 || !slices.Equal(s.revoked, []string{"r2"}) {
		t.Errorf("kept %+v, revoked %q", b.store.records, s.revoked)
	}
	s.plain, s.live["given"] = true, true
	if _, err := b.on(s).RefreshWith(t.Context(), p, p, secret.New("given")); err != nil {
		t.Fatal(err)
	}
	fiveTimes(t, b, s, p, 0)
}

func jwtUntil(t *testing.T, exp time.Time) string {
	t.Helper()
	signed, err := jwt.Sign(&keys.Key{Oct: []byte(strings.Repeat("k", 32))}, "HS256", nil, map[string]any{"exp": exp.Unix()})
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// expires_in is only RECOMMENDED (RFC 6749 5.1): docs/store.md says what holds without.
func TestNoLifetime(t *testing.T) {
	login := func(a *Acquirer, p *profile.Profile) error {
		_, err := a.Start(t.Context(), p, loginOf(p), StartOptions{MustKeep: true})
		return err
	}
	own := func(a *Acquirer, p *profile.Profile) error { return second(a.Token(t.Context(), p, Options{})) }
	for name, c := range map[string]struct {
		first  func(*Acquirer, *profile.Profile) error
		access string
		given  time.Duration // token.default_lifetime
		keeps  time.Duration
		warns  int
	}{
		"login, opaque":         {login, "opaque", 0, 24 * time.Hour, 1},
		"login, JWT":            {login, jwtUntil(t, testNow.Add(time.Hour)), 0, time.Hour, 1},
		"login, a long JWT":     {login, jwtUntil(t, testNow.Add(240*time.Hour)), 0, 24 * time.Hour, 1},
		"login, default":        {login, "opaque", 48 * time.Hour, 48 * time.Hour, 0},
		"own grant":             {own, "opaque", 0, 0, 1},
		"own grant, JWT":        {own, jwtUntil(t, testNow.Add(time.Hour)), 0, 0, 1},
		"own grant, default":    {own, "opaque", 30 * time.Minute, 30 * time.Minute, 0},
		"own grant, JWT before": {own, jwtUntil(t, testNow.Add(10*time.Minute)), 30 * time.Minute, 10 * time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, status(200, nil, object{"access_token": c.access, "token_type": "Bearer"}))
			p := plain()
			p.Token.DefaultLifetime = c.given
			if err := c.first(b.process(), p); err != nil || len(b.warns) != c.warns {
				t.Fatalf("%v, warnings %q", err, b.warns)
			}
			if c.warns > 0 && !strings.Contains(b.warns[0], "token.default_lifetime of profile plain") {
				t.Errorf("the warning names no field: %q", b.warns)
			}
			rec, kept := b.store.records[Key(p, "")]
			if kept != (c.keeps > 0) || !rec.Set.ExpiresAt.IsZero() {
				t.Fatalf("kept %v, until %v", kept, rec.Set.ExpiresAt)
			}
			if !kept {
				return
			}
			ttl := time.Duration(0)
			b.now = testNow.Add(c.keeps - time.Second)
			if r, err := b.process().Token(t.Context(), p, Options{MinTTL: &ttl}); err != nil || !r.FromStore {
				t.Errorf("before its end: %v", err)
			}
			b.now = testNow.Add(c.keeps)
			if hit, ok := b.fresh(p, rec, Options{MinTTL: &ttl}); ok {
				t.Errorf("after its end: %+v", hit)
			}
		})
	}
}

// The API's 401 ends a login of unknown lifetime; --force alone does not.
func TestTheAPIEndsALoginOfUnknownLifetime(t *testing.T) {
	b := newFixture(t, status(200, nil, object{"access_token": "a", "token_type": "Bearer"}))
	p := plain()
	if _, err := b.Start(t.Context(), p, loginOf(p), StartOptions{MustKeep: true}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    Options
		kind fault.Kind
	}{{Options{Force: true}, fault.Login}, {Options{}, 0}, {Options{Force: true, Refused: true}, fault.Login}, {Options{}, fault.Login}} {
		if _, err := b.process().Token(t.Context(), p, c.o); fault.KindOf(err) != c.kind && (err != nil || c.kind != 0) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

// The scopes that a login did not get are missing until they are granted.
func TestMissingScopesAreSaidOnce(t *testing.T) {
	answer := func(scope string) func(*endpoint.Request) (endpoint.Answer, error) {
		return status(200, nil, object{"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r", "scope": scope})
	}
	b := newFixture(t, answer("a b"), answer("a b"), answer("a"), answer("a c"))
	p := plain()
	p.Scopes = []string{"a", "b", "c", "offline_access"}
	if _, err := b.Start(t.Context(), p, loginOf(p), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		missing string
		warns   int
	}{{"c", 1}, {"c b", 2}, {"b", 2}} {
		if _, err := b.process().Token(t.Context(), p, Options{Force: true}); err != nil {
			t.Fatal(err)
		}
		if got := b.store.records[Key(p, "")].Set.Missing; got != c.missing || len(b.warns) != c.warns {
			t.Errorf("missing %q, want %q, warnings %q", got, c.missing, b.warns)
		}
	}
}
