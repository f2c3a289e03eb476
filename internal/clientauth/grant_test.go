package clientauth

import (
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

var server = Server{Issuer: "https://as.example/", TokenURL: "https://as.example/token"}

// TestNewGrant: exactly the claims that the profile asks for.
func TestNewGrant(t *testing.T) {
	key := newKey(t, "RS256")
	for name, c := range map[string]struct {
		change func(*profile.Profile, *profile.GrantAssertion)
		claims string
		want   map[string]any
	}{
		"default": {func(*profile.Profile, *profile.GrantAssertion) {}, "aud exp iat iss jti", map[string]any{"iss": "app", "aud": server.Issuer, "exp": float64(now.Unix() + 120)}},
		"Maskinporten": {func(p *profile.Profile, a *profile.GrantAssertion) {
			p.Scopes, a.Issuer = []string{"a:b", "c"}, "me"
			a.Claims = []profile.Field{{Name: "consumer_org", Value: "910753614"}}
		}, "aud consumer_org exp iat iss jti scope", map[string]any{"scope": "a:b c", "iss": "me", "consumer_org": "910753614"}},
		"nothing that can be left out": {func(p *profile.Profile, a *profile.GrantAssertion) {
			p.Scopes, a.Scope, a.JTI = []string{"a"}, "parameter", false
		}, "aud exp iat iss", nil},
		"everything": {func(p *profile.Profile, a *profile.GrantAssertion) {
			p.Scopes, a.NotBefore, a.Subject, a.Audience = []string{"a"}, true, "client_id", "token_url"
		}, "aud exp iat iss jti nbf scope sub", map[string]any{"sub": "app", "nbf": float64(now.Unix()), "aud": server.TokenURL}},
		"a person": {func(_ *profile.Profile, a *profile.GrantAssertion) { a.Subject, a.Audience = "anna", "account.example" }, "aud exp iat iss jti sub", map[string]any{"sub": "anna", "aud": "account.example"}},
		"null leaves out": {func(_ *profile.Profile, a *profile.GrantAssertion) {
			a.Claims = []profile.Field{{Name: "iat"}, {Name: "aud"}, {Name: "own"}}
		}, "exp iss jti own", nil},
	} {
		p, a := testProfile(), profile.DefaultGrantAssertion()
		p.Client.ID, p.GrantAssertion = "app", &a
		c.change(p, &a)
		token, err := NewGrant(p, key, server, now, rand.Reader)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, claims := parts(t, token)
		if got := strings.Join(slices.Sorted(maps.Keys(claims)), " "); got != c.claims {
			t.Errorf("%s: %s, want %s", name, got, c.claims)
		}
		for claim, want := range c.want {
			if claims[claim] != want {
				t.Errorf("%s: %s is %v, want %v", name, claim, claims[claim], want)
			}
		}
	}
}

// The grant is signed with its own key, else with the client's.
func TestGrantKey(t *testing.T) {
	s := given{"k": pemKey(t, "RS256"), "own": pemKey(t, "ES256")}
	p, a := client("none"), profile.DefaultGrantAssertion()
	p.GrantAssertion = &a
	d := Deps{Secrets: s, Now: time.Now, Rand: rand.Reader}
	for _, alg := range []string{"RS256", "ES256"} {
		token, err := Grant(t.Context(), d, p, server)
		if err != nil {
			t.Fatal(err)
		}
		if header, _ := parts(t, token.Reveal()); header["alg"] != alg {
			t.Errorf("alg %v, want %s", header["alg"], alg)
		}
		a.Key = keyring("own")
	}
	a.Key = keyring("none")
	if _, err := Grant(t.Context(), d, p, server); fault.KindOf(err) != fault.Config {
		t.Errorf("a key that is not there: %v", err)
	}
	p.GrantAssertion = nil
	if _, err := Grant(t.Context(), d, p, server); fault.KindOf(err) != fault.Config {
		t.Errorf("no grant to sign: %v", err)
	}
}

// jti and the certificate chain are the profile's choice in a client assertion, too.
func TestJTIAndX5C(t *testing.T) {
	key := newKey(t, "RS256")
	p := testProfile()
	p.Assertion.JTI, p.Assertion.X5C = false, true
	if _, err := NewAssertion(p, key, server, now, rand.Reader); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "assertion.x5c") {
		t.Errorf("x5c without a certificate: %v", err)
	}
	p = client("private_key_jwt")
	made := func(name string) secret.Ref {
		return secret.Ref{Kind: secret.File, Path: "../keys/testdata/made/" + name}
	}
	p.Client.Key, p.Client.Certificate = made("ec256.pem"), made("chain.pem")
	p.Assertion.JTI, p.Assertion.X5C = false, true
	r, err := authenticated(p, given{})
	if err != nil {
		t.Fatal(err)
	}
	header, claims := parts(t, body(r)["client_assertion"])
	if chain, ok := header["x5c"].([]any); !ok || len(chain) < 2 || claims["jti"] != nil {
		t.Errorf("%v, %v", header, claims)
	}
}

// TestAClientWithoutAnIDIsNotNamed: RFC 7521 4.1.
func TestAClientWithoutAnIDIsNotNamed(t *testing.T) {
	p := client("none")
	p.Client.ID = ""
	if r, err := authenticated(p, given{}); err != nil || len(r.Params) != 0 {
		t.Errorf("%v, %v", r.Params, err)
	}
}

// A certificate is looked for where the key that signs may have one.
func TestWhereACertificateIsLookedFor(t *testing.T) {
	p, a := testProfile(), profile.DefaultGrantAssertion()
	a.X5C, p.GrantAssertion = true, &a
	for _, c := range []struct {
		key   string
		named bool
	}{{"", true}, {"file:grant.pem", false}} {
		if c.key != "" {
			var err error
			if a.Key, err = secret.ParseRef(c.key); err != nil {
				t.Fatal(err)
			}
		}
		_, err := NewGrant(p, newKey(t, "RS256"), server, now, rand.Reader)
		var f *fault.Error
		if !errors.As(err, &f) || strings.Contains(f.Hints[0], "client.certificate") != c.named || !strings.Contains(f.Hints[0], p.GrantKey().Path) {
			t.Errorf("key %q: %v", c.key, err)
		}
	}
}
