package acquire

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// rotating is a server that gives a new refresh token with every answer, as the
// row has it, and counts each one that comes twice.
type rotating struct {
	mu      sync.Mutex
	row     odd
	plain   bool // answers soundly, whatever the row
	serial  int
	live    map[string]bool
	reuses  int
	revoked []string
	now     func() time.Time
}

// odd is one answer: %A and %R are its tokens. life is how long it is kept, in
// seconds, 0 for not at all; code is the exit code, and warns how many warnings
// its first grant is worth. unseen is an answer that did not come from the
// server, which has not seen the request then.
type odd struct {
	name, body, contentType string
	life                    int
	code                    fault.Kind
	warns                   int
	dpop, unseen            bool
	cut                     bool // it broke off behind its body
}

const soundAnswer = `{"access_token":"%A","token_type":"Bearer","expires_in":3600,"refresh_token":"%R"}`

func oddAnswers() []odd {
	with := func(members string) string {
		return strings.TrimSuffix(soundAnswer, "}") + "," + members + "}"
	}
	life := func(value string) string { return strings.Replace(soundAnswer, "3600", value, 1) }
	typed := func(member string) string { return strings.Replace(soundAnswer, `"token_type":"Bearer",`, member, 1) }
	wide := func(s string) string { return string([]rune(strings.Join(strings.Split(s, ""), "\x00"))) + "\x00" }
	return []odd{
		{name: "sound", body: soundAnswer, life: 3600},
		{name: "text", body: life(`"3599"`), life: 3599},
		{name: "text with a fraction", body: life(`"3599.0"`), life: 3599},
		{name: "exponent", body: life(`3.6e3`), life: 3600},
		{name: "null", body: life(`null`), warns: 1},
		{name: "empty", body: life(`""`), warns: 1},
		{name: "word", body: life(`"soon"`), warns: 1},
		{name: "20 years", body: life(`631138519`), warns: 1},
		{name: "2^63-1", body: life(`9223372036854775807`), warns: 1},
		{name: "-1", body: life(`-1`), warns: 1},
		{name: "0", body: life(`0`), warns: 1},
		{name: "absent", body: `{"access_token":"%A","token_type":"Bearer","refresh_token":"%R"}`, warns: 1},
		{name: "refresh_expires_in text", body: with(`"refresh_expires_in":"1800"`), life: 3600},
		{name: "refresh_expires_in word", body: with(`"refresh_expires_in":"never"`), life: 3600},
		{name: "refresh_token_expires_in null", body: with(`"refresh_token_expires_in":null`), life: 3600},
		{name: "no type", body: typed(""), life: 3600, warns: 1},
		{name: "null type", body: typed(`"token_type":null,`), life: 3600, warns: 1},
		{name: "scope list", body: with(`"scope":["a","b"]`), life: 3600},
		{name: "scope number", body: with(`"scope":7`), life: 3600},
		{name: "fewer scopes", body: with(`"scope":"a"`), life: 3600, warns: 1},
		{name: "issued_token_type list", body: with(`"issued_token_type":[1]`), life: 3600},
		{name: "id_token object", body: with(`"id_token":{}`), life: 3600},
		{name: "other members", body: with(`"patient":"p1","fhirContext":[{"reference":"x"}],"error":null`), life: 3600},
		{name: "expires_in twice", body: with(`"expires_in":1`), warns: 1},
		{name: "scope twice", body: with(`"scope":"a b","scope":"a"`), life: 3600},
		{name: "BOM", body: "\xef\xbb\xbf" + soundAnswer, life: 3600},
		{name: "UTF-16", body: "\xff\xfe" + wide(soundAnswer), life: 3600},
		{name: "form", body: "access_token=%A&token_type=Bearer&expires_in=3599&refresh_token=%R", contentType: "application/x-www-form-urlencoded", life: 3599},
		{name: "beyond b64token", body: strings.Replace(soundAnswer, "%A", "00D!%A", 1), life: 3600},

		{name: "no type with DPoP", body: typed(""), dpop: true, code: fault.Invalid},
		{name: "Bearer with DPoP", body: soundAnswer, dpop: true, code: fault.Invalid},
		{name: "error beside", body: with(`"error":"invalid_client"`), code: fault.Network},
		{name: "error and a refresh token", body: `{"error":"server_error","refresh_token":"%R"}`, code: fault.Network},
		{name: "access_token twice", body: with(`"access_token":"x"`), code: fault.Network},
		{name: "token_type twice", body: with(`"token_type":"DPoP"`), code: fault.Network},
		{name: "refresh_token twice", body: strings.Replace(soundAnswer, "{", `{"refresh_token":"x",`, 1), code: fault.Network},
		{name: "type list", body: typed(`"token_type":["Bearer"],`), code: fault.Network},
		{name: "no access_token", body: `{"token_type":"Bearer","expires_in":3600,"refresh_token":"%R"}`, code: fault.Network},
		{name: "access_token number", body: strings.Replace(soundAnswer, `"%A"`, "7", 1), code: fault.Network},
		{name: "something behind", body: soundAnswer + "x", code: fault.Network},
		{name: "cut off", body: `{"refresh_token":"%R","access_token":"a`, code: fault.Network},
		{name: "broken before", body: `{"access_token":"%A","expires_in":036,"refresh_token":"%R"}`, code: fault.Network},
		{name: "not a number", body: `{"access_token":"%A","expires_in":NaN,"refresh_token":"%R"}`, code: fault.Network},
		{name: "a list", body: "[" + soundAnswer + "]", code: fault.Network},
		{name: "deeper", body: `{"data":` + soundAnswer + `}`, code: fault.Network},
		{name: "a text", body: `"` + strings.ReplaceAll(soundAnswer, `"`, `\"`) + `"`, code: fault.Network},
		{name: "behind a warning", body: "<br />\n<b>Warning</b>: x<br />\n" + soundAnswer, code: fault.Network},
		{name: "behind a prefix", body: ")]}',\n" + soundAnswer, code: fault.Network},
		{name: "single quotes", body: strings.ReplaceAll(soundAnswer, `"`, `'`), code: fault.Network},
		{name: "camel case", body: strings.NewReplacer("access_token", "accessToken", "refresh_token", "refreshToken").Replace(soundAnswer), code: fault.Network},
		{name: "UTF-16 without a mark", body: wide(soundAnswer), code: fault.Network},
		{name: "a form without its type", body: "access_token=%A&token_type=Bearer&refresh_token=%R", code: fault.Network},
		{name: "a broken form", body: "access_token=%A&x=%zz&refresh_token=%R", contentType: "application/x-www-form-urlencoded", code: fault.Network},
		{name: "a page", body: "<html>log in</html>", code: fault.Network, unseen: true},
		{name: "nothing", body: "", code: fault.Network, unseen: true},
	}
}

func (s *rotating) Resolve(_ context.Context, p *profile.Profile, _ ...metadata.Need) (metadata.Endpoints, error) {
	return metadata.Endpoints{Issuer: p.Issuer, Token: p.TokenURL, Revocation: "https://as.example/revoke"}, nil
}

func (s *rotating) Post(_ context.Context, r *endpoint.Request) (endpoint.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.HasSuffix(r.URL, "/revoke") {
		s.revoked = append(s.revoked, param(r, "token"))
		delete(s.live, param(r, "token"))
		return endpoint.Answer{Status: 200, At: s.now()}, nil
	}
	if r.Leave != nil {
		if err := r.Leave(); err != nil {
			return endpoint.Answer{}, &endpoint.SendError{Err: err}
		}
	}
	if spent := param(r, "refresh_token"); spent != "" && !s.live[spent] {
		s.reuses++
		clear(s.live) // RFC 9700 4.14.2
		return refused("invalid_grant", "reuse")(r)
	}
	row := s.row
	if s.plain {
		row = odd{body: soundAnswer}
		if s.row.dpop {
			row.body = strings.Replace(soundAnswer, "Bearer", "DPoP", 1)
		}
	}
	if !row.unseen {
		s.serial++
		delete(s.live, param(r, "refresh_token"))
		s.live[fmt.Sprint("r", s.serial)] = true
	}
	a := endpoint.Answer{Status: 200, At: s.now(), Header: http.Header{"Content-Type": {row.contentType}}, Body: row.with(s.serial)}
	if row.cut {
		return endpoint.Answer{}, &endpoint.SendError{Sent: true, Err: io.ErrUnexpectedEOF, Part: a}
	}
	return a, nil
}

// with is the body with the tokens of that number, in whatever encoding it is.
func (o odd) with(serial int) []byte {
	body := o.body
	for mark, value := range map[string]string{"%A": fmt.Sprint("a", serial), "%R": fmt.Sprint("r", serial)} {
		body = strings.ReplaceAll(body, mark, value)
		body = strings.ReplaceAll(body, strings.Join(strings.Split(mark, ""), "\x00"), strings.Join(strings.Split(value, ""), "\x00"))
	}
	return []byte(body)
}

// oddFixture is a process on a rotating server.
func oddFixture(t *testing.T, row odd) (*fixture, *rotating, *profile.Profile) {
	b := newFixture(t)
	s := &rotating{row: row, live: map[string]bool{}, now: func() time.Time { return b.now }}
	p := plain()
	p.Scopes, p.DPoP.Enabled = []string{"a", "b"}, row.dpop
	return b, s, p
}

func (b *fixture) on(s *rotating) *Acquirer {
	a := b.process()
	a.Poster, a.Metadata = s, s
	return a
}

// oddGrants are the ways to a first token.
func oddGrants() map[string]func(*Acquirer, context.Context, *profile.Profile) (token.Set, error) {
	start := func(p *profile.Profile, g grant.Grant) func(*Acquirer, context.Context) (token.Set, error) {
		return func(a *Acquirer, ctx context.Context) (token.Set, error) {
			return a.Start(ctx, p, g, StartOptions{MustKeep: true, Check: func(token.Set) error { return nil }})
		}
	}
	return map[string]func(*Acquirer, context.Context, *profile.Profile) (token.Set, error){
		"client_credentials": func(a *Acquirer, ctx context.Context, p *profile.Profile) (token.Set, error) {
			r, err := a.Token(ctx, p, Options{})
			return r.Set, err
		},
		"token_exchange": func(a *Acquirer, ctx context.Context, p *profile.Profile) (token.Set, error) {
			r, err := a.Exchange(ctx, p, p, exchangeOf(p, "subject"), Options{})
			return r.Set, err
		},
		"authorization_code": func(a *Acquirer, ctx context.Context, p *profile.Profile) (token.Set, error) {
			p.Grant = "authorization_code"
			return start(p, grant.AuthorizationCode{Profile: p, Code: secret.New("code")})(a, ctx)
		},
		"device_code": func(a *Acquirer, ctx context.Context, p *profile.Profile) (token.Set, error) {
			p.Grant = "authorization_code"
			return start(p, grant.DeviceCode{Code: secret.New("code")})(a, ctx)
		},
	}
}

// docs/threats.md 4 and 8: every odd answer to every grant.
func TestOddAnswers(t *testing.T) {
	for _, row := range oddAnswers() {
		for name, first := range oddGrants() {
			t.Run(row.name+"/"+name, func(t *testing.T) { oddFirst(t, row, name != "client_credentials", first) })
		}
		t.Run(row.name+"/refresh_token", func(t *testing.T) { oddRefresh(t, row) })
	}
}

// docs/threats.md 8: what came of an answer that broke off is no less spent for.
func TestAnswerBreaksOff(t *testing.T) {
	row := odd{body: `{"refresh_token":"%R","access_token":"%A`, code: fault.Network, cut: true}
	for _, name := range []string{"authorization_code", "device_code"} {
		t.Run(name, func(t *testing.T) { oddFirst(t, row, true, oddGrants()[name]) })
	}
	t.Run("refresh_token", func(t *testing.T) { oddRefresh(t, row) })
	t.Run("beside", func(t *testing.T) {
		b, s, p := oddFixture(t, row)
		s.plain = true
		if _, err := oddGrants()["authorization_code"](b.on(s), t.Context(), p); err != nil {
			t.Fatal(err)
		}
		for _, s.plain = range []bool{false, false, true} {
			_, err := b.on(s).Token(t.Context(), p, Options{Ask: Overrides{Resource: []string{"https://api.example"}}})
			if s.plain != (err == nil) || !s.plain && fault.KindOf(err) != fault.Network {
				t.Errorf("got %v", err)
			}
		}
		fiveTimes(t, b, s, p, 0)
	})
	t.Run("refresh_token handed in", func(t *testing.T) {
		b, s, p := oddFixture(t, row)
		s.live["r0"], p.Grant = true, "authorization_code"
		if _, err := b.on(s).RefreshWith(t.Context(), p, p, secret.New("r0")); fault.KindOf(err) != fault.Network {
			t.Errorf("got %v", err)
		}
		s.plain = true
		fiveTimes(t, b, s, p, 0)
		// Beside a session that is kept, it is given back.
		s.live["r0"], s.plain = true, false
		if _, err := b.on(s).RefreshWith(t.Context(), p, p, secret.New("r0")); fault.KindOf(err) != fault.Network || len(s.revoked) != 1 {
			t.Errorf("got %v, revoked %q", err, s.revoked)
		}
		s.plain = true
		fiveTimes(t, b, s, p, 0)
	})
}

// oddFirst: the answer that begins, and five more. What begins no session is
// revoked where a session was wanted.
func oddFirst(t *testing.T, row odd, session bool, first func(*Acquirer, context.Context, *profile.Profile) (token.Set, error)) {
	b, s, p := oddFixture(t, row)
	set, err := first(b.on(s), t.Context(), p)
	if row.code != 0 {
		if fault.KindOf(err) != row.code || !set.AccessToken.IsZero() {
			t.Errorf("got %v", err)
		}
		if len(b.store.records) != 0 {
			t.Errorf("%d records are kept", len(b.store.records))
		}
		if session && !row.unseen && len(s.live) != 0 {
			t.Errorf("still good at the server: %v, revoked %q", s.live, s.revoked)
		}
		return
	}
	switch {
	case err != nil || !strings.HasSuffix(set.AccessToken.Reveal(), "a1"):
		t.Fatalf("%q, %v", set.AccessToken.Reveal(), err)
	case len(b.warns) != row.warns:
		t.Fatalf("warnings %q, want %d", b.warns, row.warns)
	case len(s.revoked) != 0:
		t.Fatalf("revoked %q", s.revoked)
	}
	if r, err := b.on(s).Token(t.Context(), p, Options{}); err != nil || r.FromStore != (row.life > 0) {
		t.Errorf("again: %v, from the store: %v", err, r.FromStore)
	}
	if row.life > 0 {
		b.now = testNow.Add(time.Duration(row.life-61) * time.Second)
		if r, err := b.on(s).Token(t.Context(), p, Options{}); err != nil || !r.FromStore {
			t.Errorf("a second before its end: %v, from the store: %v", err, r.FromStore)
		}
		b.now = b.now.Add(2 * time.Second)
		if r, err := b.on(s).Token(t.Context(), p, Options{}); err != nil || r.FromStore {
			t.Errorf("a second after: %v, from the store: %v", err, r.FromStore)
		}
	}
	fiveTimes(t, b, s, p, 0)
}

// oddRefresh: a sound login whose refreshes are answered oddly, and then soundly.
func oddRefresh(t *testing.T, row odd) {
	b, s, p := oddFixture(t, row)
	s.plain = true
	if _, err := oddGrants()["authorization_code"](b.on(s), t.Context(), p); err != nil {
		t.Fatal(err)
	}
	s.plain = false
	fiveTimes(t, b, s, p, row.code)
	s.plain = true
	fiveTimes(t, b, s, p, 0)
	if len(s.revoked) != 0 {
		t.Errorf("revoked %q", s.revoked)
	}
}

func fiveTimes(t *testing.T, b *fixture, s *rotating, p *profile.Profile, code fault.Kind) {
	t.Helper()
	for range 5 {
		b.now = b.now.Add(time.Second)
		r, err := b.on(s).Token(t.Context(), p, Options{Force: true})
		if code == 0 && (err != nil || !strings.HasSuffix(r.Set.AccessToken.Reveal(), fmt.Sprint("a", s.serial))) || code != 0 && fault.KindOf(err) != code {
			t.Errorf("%v, token %q after %d", err, r.Set.AccessToken.Reveal(), s.serial)
		}
	}
	if s.reuses != 0 {
		t.Errorf("%d refresh tokens were spent twice", s.reuses)
	}
}
