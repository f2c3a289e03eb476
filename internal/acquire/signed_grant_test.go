package acquire

import (
	"encoding/base64"
	"fmt"
	"testing"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// A token of a signed grant is kept as any other, though each assertion is a
// new one, and each person and each claim has a token of its own.
func TestTokensOfASignedGrant(t *testing.T) {
	b := newFixture(t)
	b.http.every = func(*endpoint.Request) (endpoint.Answer, error) {
		return status(200, nil, object{"access_token": fmt.Sprint("t", len(b.http.seen)), "token_type": "Bearer", "expires_in": 600})(nil)
	}
	b.Grants = signing()
	p, a := signedGrantProfile()
	p.Client.ID, a.Issuer = "", "app"
	a.Subject, a.Claims = "anna", []profile.Field{{Name: "consumer_org", Value: "1"}}
	p.Scopes = []string{"read"}
	for i, c := range []struct {
		ask  Overrides
		want string
	}{
		{Overrides{}, "t1"},
		{Overrides{}, "t1"},
		{Overrides{Subject: "bo"}, "t2"},
		{Overrides{Claims: []string{`consumer_org="2"`}}, "t3"},
		{Overrides{Subject: "bo"}, "t2"},
		{Overrides{Subject: "anna"}, "t1"},
		{Overrides{Claims: []string{`consumer_org="2"`}}, "t3"},
		{Overrides{Claims: []string{`consumer_org="2"`}, Subject: "bo"}, "t4"},
	} {
		r, err := b.Token(t.Context(), p, Options{Ask: c.ask})
		if err != nil || r.Set.AccessToken.Reveal() != c.want || r.Set.Scope != "read" {
			t.Errorf("%d: %q with scope %q, want %s: %v", i, r.Set.AccessToken.Reveal(), r.Set.Scope, c.want, err)
		}
	}
	if a.Subject != "anna" || len(a.Claims) != 1 {
		t.Errorf("a call changed the profile: %+v", a)
	}
	for _, param := range b.http.seen[0].Params {
		if param.Name != "grant_type" && param.Name != "assertion" {
			t.Errorf("the request has %s", param.Name)
		}
	}
}

// Claims and subjects that no assertion takes are refused before a request.
func TestClaimsThatNothingSigns(t *testing.T) {
	for name, c := range map[string]struct {
		auth string
		ask  Overrides
		ok   bool
	}{
		"a claim, a secret":      {"client_secret_basic", Overrides{Claims: []string{"a=1"}}, false},
		"a claim, signed":        {"client_secret_jwt", Overrides{Claims: []string{"a=1"}}, true},
		"who takes it":           {"private_key_jwt", Overrides{Claims: []string{`aud="https://evil.example"`}}, false},
		"no JSON":                {"client_secret_jwt", Overrides{Claims: []string{"a=b"}}, false},
		"no name":                {"client_secret_jwt", Overrides{Claims: []string{"=1"}}, false},
		"twice":                  {"client_secret_jwt", Overrides{Claims: []string{"a=1", "a=2"}}, false},
		"a subject of no grant":  {"client_secret_jwt", Overrides{Subject: "anna"}, false},
		"a client assertion's":   {"private_key_jwt", Overrides{Claims: []string{"a=1"}}, true},
		"another party's signed": {"federated", Overrides{Claims: []string{"a=1"}}, false},
	} {
		p := plain()
		p.Client.Auth = c.auth
		asked, err := c.ask.Apply(p)
		if (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && Key(asked, "") == Key(p, "") {
			t.Errorf("%s: one token for both", name)
		}
	}
}

// The id_token is the token where the profile says so: Google's answer to the
// claim target_audience has no other.
func TestTheIDTokenIsTheToken(t *testing.T) {
	b64 := base64.RawURLEncoding.EncodeToString
	jws := b64([]byte(`{"alg":"RS256"}`)) + "." + b64(fmt.Appendf(nil, `{"exp":%d}`, testNow.Unix()+3600)) + ".AAAA"
	for _, c := range []struct {
		selected string
		answer   object
		granted  bool
	}{
		{"access_token", object{"id_token": jws}, false},
		{"id_token", object{"id_token": jws}, true},
		{"id_token", object{"id_token": jws, "access_token": "a", "expires_in": 7200}, true},
		{"id_token", object{"access_token": "a"}, false},
	} {
		b := newFixture(t, status(200, nil, c.answer))
		b.Grants = signing()
		p, _ := signedGrantProfile()
		p.Token.Select = c.selected
		r, err := b.Token(t.Context(), p, Options{})
		if !c.granted {
			if err == nil {
				t.Errorf("%s of %v: %+v", c.selected, c.answer, r.Set)
			}
			continue
		}
		if err != nil || r.Set.AccessToken.Reveal() != jws || r.Set.ExpiresAt.Unix() != testNow.Unix()+3600 {
			t.Fatalf("%+v, %v", r.Set, err)
		}
		if again, err := b.Token(t.Context(), p, Options{}); err != nil || !again.FromStore {
			t.Errorf("it is not kept: %v", err)
		}
	}
}
