package acquire

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

func TestAFreshTokenIsNotAskedForAgainAndTakesNoLock(t *testing.T) {
	b := newFixture(t, granted("one", ""))
	p := plain()
	first, err := b.Token(t.Context(), p, Options{})
	if err != nil || first.FromStore {
		t.Fatalf("%+v, %v", first, err)
	}
	takes := b.store.takes
	second, err := b.process().Token(t.Context(), p, Options{})
	if err != nil || !second.FromStore || second.Set.AccessToken.Reveal() != "one" {
		t.Fatalf("%+v, %v", second, err)
	}
	if b.store.takes != takes {
		t.Error("a fresh hit took a lock")
	}
}

func TestTokenAsksAgain(t *testing.T) {
	zero, hour := time.Duration(0), 2*time.Hour
	for name, c := range map[string]struct {
		after time.Duration
		o     Options
		asks  bool
	}{
		"fresh":                     {0, Options{}, false},
		"inside the profile's ttl":  {3600*time.Second - 59*time.Second, Options{}, true},
		"just outside it":           {3600*time.Second - 61*time.Second, Options{}, false},
		"min-ttl 0 uses the last s": {3600*time.Second - time.Second, Options{MinTTL: &zero}, false},
		"min-ttl longer":            {0, Options{MinTTL: &hour}, true},
		"force":                     {0, Options{Force: true}, true},
		"expired":                   {2 * time.Hour, Options{MinTTL: &zero}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, granted("one", ""))
			p := plain()
			if _, err := b.Token(t.Context(), p, Options{}); err != nil {
				t.Fatal(err)
			}
			b.now = b.now.Add(c.after)
			if c.asks {
				b.http.answers = append(b.http.answers, granted("two", ""))
			}
			r, err := b.process().Token(t.Context(), p, c.o)
			if err != nil || r.FromStore == c.asks {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
}

func TestSingleUseIsNeverKept(t *testing.T) {
	b := newFixture(t, granted("one", "r"), granted("two", "r"))
	p := plain()
	p.Token.SingleUse = true
	for range 2 {
		if _, err := b.Token(t.Context(), p, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.store.puts) != 0 {
		t.Error("a single-use token was kept")
	}
}

func TestATokenWithoutLifetimeIsNotKept(t *testing.T) {
	b := newFixture(t, status(200, nil, object{"access_token": "x", "token_type": "Bearer"}))
	if _, err := b.Token(t.Context(), plain(), Options{}); err != nil || len(b.store.puts) != 0 {
		t.Errorf("%v, %d puts", err, len(b.store.puts))
	}
}

// docs/threats.md 18.
func TestManyProcessesAskOnce(t *testing.T) {
	b := newFixture(t)
	b.http.answers = list(b.crowded(t, 50, granted("one", "")))
	p := plain()
	var wg sync.WaitGroup
	for range 50 {
		a := b.process()
		wg.Go(func() {
			if r, err := a.Token(t.Context(), p, Options{}); err != nil || r.Set.AccessToken.Reveal() != "one" {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
}

func TestAFailureToKeepIsAWarning(t *testing.T) {
	b := newFixture(t, granted("one", ""))
	b.store.fail = func(_ storeRecord) error { return fault.New(fault.Store, "disk full") }
	r, err := b.Token(t.Context(), plain(), Options{})
	switch {
	case err != nil || r.Set.AccessToken.Reveal() != "one":
		t.Errorf("%q, %v", r.Set.AccessToken.Reveal(), err)
	case len(b.warns) != 1 || !strings.Contains(b.warns[0], "disk full"):
		t.Errorf("warnings %q", b.warns)
	}
}

func TestRetries(t *testing.T) {
	tooMany := func(after string) func(*endpoint.Request) (endpoint.Answer, error) {
		return status(429, http.Header{"Retry-After": {after}}, "slow down")
	}
	for name, c := range map[string]struct {
		answers []func(*endpoint.Request) (endpoint.Answer, error)
		kind    fault.Kind // 0: granted in the end
	}{
		"503 then granted":         {list(status(503, nil, nil), granted("a", "")), 0},
		"429 with a short wait":    {list(tooMany("1"), granted("a", "")), 0},
		"429 with a long wait":     {list(tooMany("60")), fault.Network},
		"502 then granted":         {list(status(502, nil, nil), granted("a", "")), 0},
		"504 then granted":         {list(status(504, nil, nil), granted("a", "")), 0},
		"three 504":                {list(status(504, nil, nil), status(504, nil, nil), status(504, nil, nil)), fault.Network},
		"a gateway with a code":    {list(status(502, nil, object{"error": "Bad Gateway"}), granted("a", "")), 0},
		"an OAuth error as 200":    {list(status(200, nil, object{"error": "invalid_client"})), fault.Refused},
		"three 503":                {list(status(503, nil, nil), status(503, nil, nil), status(503, nil, nil)), fault.Network},
		"connection faults":        {list(lost(false), lost(true), granted("a", "")), 0},
		"an OAuth error":           {list(refused("invalid_client", "no")), fault.Refused},
		"a 500 is not repeated":    {list(status(500, nil, nil)), fault.Network},
		"a redirect":               {list(status(302, http.Header{"Location": {"https://x.example"}}, nil)), fault.Network},
		"200 that is no token":     {list(status(200, nil, "hello")), fault.Network},
		"an OAuth error as 500":    {list(status(500, nil, object{"error": "unknown_error"})), fault.Refused},
		"use_dpop_nonce, no DPoP":  {list(status(400, http.Header{"Dpop-Nonce": {"n"}}, object{"error": "use_dpop_nonce"})), fault.Refused},
		"a plain 401 is a refusal": {list(status(401, nil, nil)), fault.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, c.answers...)
			_, err := b.Token(t.Context(), plain(), Options{})
			if c.kind == 0 && err != nil || c.kind != 0 && fault.KindOf(err) != c.kind {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestALongRetryAfterIsSaid(t *testing.T) {
	b := newFixture(t, status(429, http.Header{"Retry-After": {"60"}}, "slow down"))
	_, err := b.Token(t.Context(), plain(), Options{})
	if f := asFault(t, err); !strings.Contains(strings.Join(f.Hints, " "), "1m0s") {
		t.Errorf("hints %q", f.Hints)
	}
}

func TestEachAttemptHasItsOwnAssertion(t *testing.T) {
	b := newFixture(t, status(503, nil, nil), status(503, nil, nil), granted("a", ""))
	p := plain()
	p.Client.Auth, p.Issuer = "client_secret_jwt", "https://as.example"
	p.Assertion.Alg = "HS256"
	if _, err := b.Token(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range b.http.seen {
		seen[param(r, "client_assertion")] = true
	}
	if len(seen) != 3 || seen[""] {
		t.Errorf("%d different assertions in 3 attempts", len(seen))
	}
}

// hostile is what a document could say at its worst.
type hostile struct{ token string }

func (h hostile) Resolve(_ context.Context, p *profile.Profile, _ ...metadata.Need) (metadata.Endpoints, error) {
	return metadata.Endpoints{Issuer: "https://evil.example", Token: cmp.Or(h.token, p.TokenURL), PAR: "https://evil.example"}, nil
}

// docs/threats.md 6: discovery changes nothing in the client assertion.
func TestAHostileDocumentDoesNotChooseTheAudience(t *testing.T) {
	b := newFixture(t, granted("a", ""))
	b.Metadata = hostile{}
	p := plain()
	p.Client.Auth, p.Issuer, p.Assertion.Alg = "client_secret_jwt", "https://as.example", "HS256"
	if _, err := b.Token(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	assertion, err := jwt.Parse(param(b.http.seen[0], "client_assertion"))
	if err != nil || assertion.Claims.String("aud") != "https://as.example" || strings.Contains(string(assertion.Payload), "evil") {
		t.Errorf("%v", err)
	}
}

// docs/threats.md 6: neither does it by a token endpoint of another server, whose
// assertion it would get at its own endpoints.
func TestADocumentNamesNoOtherServersTokenEndpoint(t *testing.T) {
	for token, sent := range map[string]bool{"https://as.example/t": true, "https://bank.example/t": false} {
		b := newFixture(t)
		if sent {
			b = newFixture(t, granted("a", ""), granted("b", ""))
		}
		b.Metadata = hostile{token}
		p := plain()
		p.TokenURL, p.Client.Auth, p.Assertion.Alg, p.Assertion.Audience = "", "client_secret_jwt", "HS256", "token_url"
		p.DiscoveryURL = "https://as.example/doc"
		_, err := b.Token(t.Context(), p, Options{})
		if (len(b.http.seen) > 0) != sent || !sent && fault.KindOf(err) != fault.Config {
			t.Errorf("%s: %d requests, %v", token, len(b.http.seen), err)
		}
		asked := len(b.http.seen)
		_, err = b.Call(t.Context(), p, parURL, "https://evil.example", func(*endpoint.Request) error { return nil })
		if (len(b.http.seen) > asked) != sent || !sent && fault.KindOf(err) != fault.Config {
			t.Errorf("%s: pushed, %v", token, err)
		}
	}
}

// A kept token belongs to the server that the profile names, wherever it does.
func TestServer(t *testing.T) {
	for want, p := range map[string]profile.Profile{
		"https://t.example": {TokenURL: "https://t.example/t", DiscoveryURL: "https://d.example/d", Issuer: "https://i.example/i"},
		"https://d.example": {DiscoveryURL: "https://d.example/d", Issuer: "https://i.example/i"},
		"https://i.example": {Issuer: "https://i.example/i"},
	} {
		if got := Server(&p); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// docs/threats.md 7: one attempt more, new from its jti to its client assertion;
// a server that asks for ever sees two requests, because the fixture refuses a third.
func TestDPoPNonceIsTriedOnceMore(t *testing.T) {
	nonce := func(n string) func(*endpoint.Request) (endpoint.Answer, error) {
		return status(400, http.Header{"Dpop-Nonce": {n}}, object{"error": "use_dpop_nonce"})
	}
	p := plain()
	p.DPoP.Enabled = true
	p.Client.Auth, p.Issuer, p.Assertion.Alg = "client_secret_jwt", "https://as.example", "HS256"
	b := newFixture(t, nonce("n1"), status(200, nil, object{"access_token": "a", "token_type": "DPoP", "expires_in": 60}))
	if _, err := b.Token(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	first, again := proofOf(t, b.http.seen[0]), proofOf(t, b.http.seen[1])
	switch {
	case first.String("nonce") != "" || again.String("nonce") != "n1":
		t.Errorf("nonces %q and %q", first.String("nonce"), again.String("nonce"))
	case again.String("jti") == "" || first.String("jti") == again.String("jti"):
		t.Errorf("jti %q and %q", first.String("jti"), again.String("jti"))
	}
	if one, two := param(b.http.seen[0], "client_assertion"), param(b.http.seen[1], "client_assertion"); one == "" || one == two {
		t.Error("the client assertion was used twice")
	}
	forever := newFixture(t, nonce("n1"), nonce("n2"))
	if _, err := forever.Token(t.Context(), p, Options{}); fault.KindOf(err) != fault.Refused {
		t.Errorf("a server that asks for ever: %v", err)
	}
}

// proofOf is the claims of a request's DPoP proof.
func proofOf(t *testing.T, r *endpoint.Request) jwt.Object {
	t.Helper()
	for _, h := range r.Headers {
		if h.Name == "DPoP" {
			proof, err := jwt.Parse(h.Value)
			if err != nil {
				t.Fatal(err)
			}
			return proof.Claims
		}
	}
	t.Fatal("no DPoP proof")
	return nil
}

func TestDPoPProfileRefusesABearerToken(t *testing.T) {
	b := newFixture(t, granted("a", ""))
	p := plain()
	p.DPoP.Enabled = true
	if _, err := b.Token(t.Context(), p, Options{}); fault.KindOf(err) != fault.Invalid || len(b.store.puts) != 0 {
		t.Errorf("got %v", err)
	}
}

func TestHintsComeFromTheProfileAndTheClock(t *testing.T) {
	b := newFixture(t, status(400, http.Header{"Date": {testNow.Add(-time.Hour).Format(http.TimeFormat)}},
		object{"error": "invalid_client", "error_description": "Token is not active"}))
	p := plain()
	p.Hints = []profile.Hint{{Match: "not active", Say: "look at the clock of {profile}"}, {Match: "nothing", Say: "no"}}
	f := asFault(t, second(b.Token(t.Context(), p, Options{})))
	if f.Code != "invalid_client" {
		t.Errorf("code %q", f.Code)
	}
	if len(f.Hints) != 2 {
		t.Fatalf("hints %q", f.Hints)
	}
	if f.Hints[0] != "look at the clock of plain" {
		t.Errorf("the profile's hint is %q", f.Hints[0])
	}
	if !strings.Contains(f.Hints[1], "1h0m0s ahead") {
		t.Errorf("the clock's hint is %q", f.Hints[1])
	}
}

func TestAnInteractiveProfileNeedsALogin(t *testing.T) {
	b := newFixture(t)
	p := plain()
	p.Grant = "authorization_code"
	f := asFault(t, second(b.Token(t.Context(), p, Options{})))
	if f.Kind != fault.Login || !strings.Contains(strings.Join(f.Hints, " "), "authctl login-pkce -p plain") {
		t.Errorf("%v %q", f, f.Hints)
	}
}

// docs/threats.md 23: flip any input that changes the token, and it is another key.
// A shell's "$UNSET" is no audience.
func TestEmptyOverridesAreRefused(t *testing.T) {
	for name, o := range map[string]Overrides{"--audience": {Audience: []string{"a", ""}}, "--resource": {Resource: []string{""}}} {
		if _, err := o.Apply(plain()); fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOverrides(t *testing.T) {
	p := plain()
	p.Scopes = []string{"old"}
	changed, err := Overrides{Scopes: []string{"a b", "c"}, Params: []string{"x=1=2"}}.Apply(p)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(changed.Scopes)
	if string(raw) != `["a","b","c"]` || changed.Request.Params[0].Value != "1=2" {
		t.Errorf("%s %+v", raw, changed.Request.Params)
	}
	if p.Scopes[0] != "old" || len(p.Request.Params) != 0 {
		t.Errorf("the profile itself was changed: %q %+v", p.Scopes, p.Request.Params)
	}
	for _, bad := range []string{"x", "=1", "client_secret=hunter2", "Refresh_Token=hunter2", "grant_type=x"} {
		if _, err := (Overrides{Params: []string{bad}}).Apply(p); fault.KindOf(err) != fault.Usage || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, bad := range []string{"foo", "https://api.example/#a", "https://u:hunter2@api.example/"} {
		if _, err := (Overrides{Resource: []string{bad}}).Apply(p); fault.KindOf(err) != fault.Usage || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("--resource %s: %v", bad, err)
		}
	}
}

// One provider's expires_in is milliseconds on its own page; its id_token tells the truth.
func TestIDTokenExpiry(t *testing.T) {
	idToken := func(exp time.Time) string {
		signed, err := jwt.Sign(&keys.Key{Oct: []byte(strings.Repeat("k", 32))}, "HS256", nil, map[string]any{"exp": exp.Unix()})
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	half, long := testNow.Add(30*time.Minute), testNow.Add(1799984*time.Second)
	for name, c := range map[string]struct {
		enabled bool
		idToken string
		want    time.Time
	}{
		"earlier":      {true, idToken(half), half},
		"later":        {true, idToken(long.Add(time.Hour)), long},
		"not asked":    {false, idToken(half), long},
		"no id_token":  {true, "", long},
		"not a JWT":    {true, "opaque", long},
		"broken parts": {true, "a.b.c", long},
	} {
		b := newFixture(t, status(200, nil, object{"access_token": "a", "token_type": "bearer", "expires_in": 1799984, "id_token": c.idToken}))
		p := plain()
		p.Token.IDTokenExpiry = c.enabled
		r, err := b.Token(t.Context(), p, Options{})
		if err != nil || !r.Set.ExpiresAt.Equal(c.want) {
			t.Errorf("%s: %v, %v, want %v", name, err, r.Set.ExpiresAt, c.want)
		}
	}
}

// What status says of a call's own token: the subject, and of a claim and a
// parameter the name alone.
func TestWhatACallAskedForInWords(t *testing.T) {
	o := Overrides{Scopes: []string{"a b"}, Claims: []string{`pid="hunter2"`}, Params: []string{"x=hunter2"}, Subject: "anna"}
	if got := o.text(); got != "scope a b, param x, claim pid, subject anna" {
		t.Error(got)
	}
}
