package acquire

import (
	"context"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// TestARefusedClientIsToldItsProof, whatever its method; a public one has none.
func TestARefusedClientIsToldItsProof(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		p := plain()
		p.Client.Auth = m.Name
		hints := strings.Join(hintsFor(situation{p: p, refused: &endpoint.Refusal{Status: 401, Code: "invalid_client"}, field: tokenURL}), "\n")
		for _, field := range m.Needs {
			if !strings.Contains(hints, field) {
				t.Errorf("%s: nothing of %s in %q", m.Name, field, hints)
			}
		}
		if m.Public() != strings.Contains(hints, "client that proves itself") {
			t.Errorf("%s: %q", m.Name, hints)
		}
	}
}

// TestARefusedCertificateIsOne that the server asked for, where it is the proof.
func TestARefusedCertificateIsOne(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		p := plain()
		p.Client.Auth = m.Name
		way := endpoint.Route{HasCertificate: true}
		hints := strings.Join(hintsFor(situation{p: p, refused: &endpoint.Refusal{Status: 401, Code: "invalid_client", Route: way}, field: tokenURL}), "\n")
		if strings.Contains(hints, "did not ask for the client certificate") != m.MutualTLS() {
			t.Errorf("%s: %q", m.Name, hints)
		}
	}
}

// needing is a Metadata that counts what it is asked for.
type needing struct {
	*server
	needs int
}

func (n *needing) Resolve(ctx context.Context, p *profile.Profile, needs ...metadata.Need) (metadata.Endpoints, error) {
	n.needs += len(needs)
	return n.server.Resolve(ctx, p, needs...)
}

// TestTheTokenEndpointIsNeededToSign an assertion for it, wherever that is sent
// to, and for nothing else.
func TestTheTokenEndpointIsNeededToSign(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		b := newFixture(t)
		source := &needing{server: b.http}
		b.Metadata = source
		p := plain()
		p.Client.Auth, p.Assertion.Audience = m.Name, "token_url"
		b.http.every = status(200, nil, object{})
		_, _ = b.Call(t.Context(), p, parURL, "https://as.example/par", func(*endpoint.Request) error { return nil })
		if (source.needs == 1) != m.Signs {
			t.Errorf("%s: Signs is %v, and %d endpoints are needed", m.Name, m.Signs, source.needs)
		}
	}
}

// TestWhatAPersonBeganIsKept even where tokens are for one use (token.single_use).
func TestWhatAPersonBeganIsKept(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		b := newFixture(t)
		b.http.every = granted("new", "")
		p := plain()
		p.Grant, p.Token.SingleUse = g.Name, true
		p.Exchange.SubjectToken, p.Exchange.SubjectTokenType = secret.Ref{Kind: secret.Env, Name: "S"}, "access_token"
		b.store.records[Key(p, "")] = storeRecord{Profile: p.Name, Grant: g.Name, Set: token.Set{
			AccessToken: secret.New("kept"), TokenType: "Bearer", ObtainedAt: testNow, ExpiresAt: testNow.Add(time.Hour),
		}}
		r, err := b.Token(t.Context(), p, Options{})
		if kept := r.Set.AccessToken.Reveal() == "kept"; kept != g.Person {
			t.Errorf("%s: Person is %v, and the token is %q: %v", g.Name, g.Person, r.Set.AccessToken.Reveal(), err)
		}
	}
}

// TestWithoutASession: a grant that begins one is told to, another needs none.
func TestWithoutASession(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		b := newFixture(t)
		p := plain()
		p.Grant = g.Name
		_, err := b.Refresh(t.Context(), p, p)
		if hints := strings.Join(asFault(t, err).Hints, "\n"); strings.Contains(hints, "needs none: it asks by the profile's "+g.Name) == g.Session() {
			t.Errorf("%s, which starts by %q: %v, %q", g.Name, g.Starts, err, hints)
		}
		b.store.records[Key(p, "")] = storeRecord{Profile: p.Name, Grant: "refresh_token"}
		_, err = b.Refresh(t.Context(), p, p)
		if hints := strings.Join(asFault(t, err).Hints, "\n"); strings.Contains(hints, "and token uses the profile's "+g.Name) == g.Session() {
			t.Errorf("%s, beside a session that is over: %v, %q", g.Name, err, hints)
		}
	}
}

// TestOnlyALoginHasItsIDTokenJudged when a refresh brings another; that of a
// password only where there is an issuer to judge it by.
func TestOnlyALoginHasItsIDTokenJudged(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		for _, issuer := range []string{"https://as.example", ""} {
			judged, p := false, plain()
			p.Issuer = issuer
			a := &Acquirer{}
			a.Renewed = func(context.Context, *profile.Profile, token.Set, token.Set) error { judged = true; return nil }
			_, err := a.renewed(t.Context(), p, storeRecord{Grant: g.Name}, token.Set{IDToken: secret.New("id")})
			if want := g.AtServer() || g.Login && issuer != ""; err != nil || judged != want {
				t.Errorf("%s, issuer %q: it was judged: %v, %v", g.Name, issuer, judged, err)
			}
		}
	}
}

// TestARefusedGrantIsNamedAsInTheProfile, not as on the wire.
func TestARefusedGrantIsNamedAsInTheProfile(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		r := &endpoint.Request{Profile: plain()}
		r.Set("grant_type", g.Wire)
		s := situation{p: r.Profile, refused: &endpoint.Refusal{Status: 400, Code: "unsupported_grant_type"}, field: tokenURL, grantType: grantType(r)}
		if hints := strings.Join(hintsFor(s), "\n"); !strings.Contains(hints, "the grant "+g.Name+":") {
			t.Errorf("%s: %q", g.Name, hints)
		}
	}
}

// TestEveryEndedSessionHasItsCommand: the one that its grant's entry has.
func TestEveryEndedSessionHasItsCommand(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		p := plain()
		command := LoginCommand(p, g.Name)
		if !g.Session() && command != "authctl login-pkce -p plain" {
			t.Errorf("%s, which begins no session: %q", g.Name, command)
		}
		if g.Session() && command != "authctl "+strings.ReplaceAll(g.Starts, "{profile}", p.Name) {
			t.Errorf("%s: %q", g.Name, command)
		}
	}
	for _, c := range []struct{ grant, own, want string }{
		{"token_exchange", "authorization_code", "authctl exchange -p plain --subject-token FILE"},
		{"device_code", "authorization_code", "authctl login-device -p plain"},
		{"authorization_code", "device_code", "authctl login-device -p plain"},
		{"authorization_code", "client_credentials", "authctl login-pkce -p plain"},
		{"refresh_token", "authorization_code", "authctl login-pkce -p plain"},
		{"refresh_token", "client_credentials", "authctl refresh -p plain --refresh-token FILE"},
		{"", "device_code", "authctl login-device -p plain"},
		{"password", "authorization_code", "authctl login-password -p plain"},
		{"authorization_code", "password", "authctl login-password -p plain"},
		{"device_code", "password", "authctl login-device -p plain"},
		{"", "password", "authctl login-password -p plain"},
	} {
		p := plain()
		if p.Grant = c.own; LoginCommand(p, c.grant) != c.want {
			t.Errorf("a session by %s of a profile with %s: %q", c.grant, c.own, LoginCommand(p, c.grant))
		}
	}
}
