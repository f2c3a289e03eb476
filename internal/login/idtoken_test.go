package login

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/secret"
	"authctl/internal/token"
)

func newKey(t *testing.T, kid string) *keys.Key {
	t.Helper()
	k, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.KID = kid
	return k
}

func TestIDToken(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	mine, foreign := newKey(t, "k1"), newKey(t, "k1")
	minute := time.Minute
	hash, err := jwt.ATHash("ES256", "access")
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{
		"iss": "https://as.example", "sub": "alice", "aud": "client", "nonce": "n", "at_hash": hash,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": now.Unix(),
	}
	tests := map[string]struct {
		change map[string]any // nil values are left out
		key    *keys.Key
		raw    func(string) string
		maxAge *time.Duration
		algs   []string
		says   string // "" for success
	}{
		"good":             {},
		"published alg":    {algs: []string{"RS256", "ES256"}},
		"unpublished alg":  {algs: []string{"RS256", "PS256"}, says: `signed with "ES256"`},
		"good aud list":    {change: map[string]any{"aud": []string{"client"}}},
		"good azp":         {change: map[string]any{"aud": []string{"client", "other"}, "azp": "client"}},
		"no at_hash":       {change: map[string]any{"at_hash": nil}},
		"recent login":     {maxAge: &minute},
		"login just now":   {maxAge: new(time.Duration)},
		"not just now":     {maxAge: new(time.Duration), change: map[string]any{"auth_time": now.Add(-2 * time.Minute).Unix()}, says: "auth_time"},
		"old login":        {maxAge: &minute, change: map[string]any{"auth_time": now.Add(-time.Hour).Unix()}, says: "auth_time"},
		"no auth_time":     {maxAge: &minute, change: map[string]any{"auth_time": nil}, says: "auth_time"},
		"wrong nonce":      {change: map[string]any{"nonce": "x"}, says: "nonce"},
		"no nonce":         {change: map[string]any{"nonce": nil}, says: "nonce"},
		"wrong iss":        {change: map[string]any{"iss": "https://as.example/"}, says: "iss is"},
		"wrong aud":        {change: map[string]any{"aud": "other"}, says: "aud is"},
		"two aud, no azp":  {change: map[string]any{"aud": []string{"client", "other"}}, says: "azp is missing"},
		"wrong azp":        {change: map[string]any{"azp": "other"}, says: "azp is"},
		"expired":          {change: map[string]any{"exp": now.Add(-2 * time.Minute).Unix()}, says: "expired"},
		"no exp":           {change: map[string]any{"exp": nil}, says: "exp is missing"},
		"no iat":           {change: map[string]any{"iat": nil}, says: "iat is missing"},
		"iat to come":      {change: map[string]any{"iat": now.Add(time.Hour).Unix()}, says: "iat is in the future"},
		"no sub":           {change: map[string]any{"sub": nil}, says: "sub is missing"},
		"empty sub":        {change: map[string]any{"sub": ""}, says: "sub is missing"},
		"sub is a number":  {change: map[string]any{"sub": 5}, says: "sub is missing"},
		"wrong at_hash":    {change: map[string]any{"at_hash": "AAAA"}, says: "at_hash"},
		"foreign key":      {key: foreign, says: "signature"},
		"hostile issuer":   {change: map[string]any{"iss": "\x1b[2J\u202e" + strings.Repeat("x", 900)}, says: "iss is"},
		"alg none":         {raw: algNone, says: "not signed"},
		"broken signature": {raw: func(s string) string { return s[:len(s)-8] + "AAAAAAAA" }, says: "signature"},
		"no token":         {raw: func(string) string { return "" }, says: "granted no id_token"},
		"no jwt":           {raw: func(string) string { return "opaque" }, says: "not a signed JWT"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			all := maps.Clone(claims)
			for name, value := range tt.change {
				if all[name] = value; value == nil {
					delete(all, name)
				}
			}
			key := tt.key
			if key == nil {
				key = mine
			}
			raw, err := jwt.Sign(key, "ES256", map[string]any{"kid": "k1"}, all)
			if err != nil {
				t.Fatal(err)
			}
			if tt.raw != nil {
				raw = tt.raw(raw)
			}
			v := IDToken{
				Profile: "demo", Issuer: "https://as.example", ClientID: "client", Nonce: "n", Scopes: []string{"openid"}, MaxAge: tt.maxAge,
				Now: func() time.Time { return now }, Keys: func(context.Context, bool) ([]*keys.Key, error) { return []*keys.Key{mine}, nil },
				Algs: func(context.Context) []string { return tt.algs },
			}
			err = v.Verify(t.Context(), token.Set{AccessToken: secret.New("access"), IDToken: secret.New(raw)})
			if tt.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), tt.says) || strings.ContainsAny(err.Error(), "\n\x1b\u202e") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func algNone(signed string) string {
	payload := strings.Split(signed, ".")[1]
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"k1"}`)) + "." + payload + "."
}

func TestIDTokenKeysAreFetchedOnceMore(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	old, rotated, unknown := newKey(t, "k1"), newKey(t, "k2"), newKey(t, "k3")
	for name, tt := range map[string]struct {
		key   *keys.Key
		asked string
		ok    bool
	}{
		"known":   {old, "kept", true},
		"rotated": {rotated, "kept fresh", true},
		"unknown": {unknown, "kept fresh", false},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			v := IDToken{
				Issuer: "i", ClientID: "c", Now: func() time.Time { return now },
				Keys: func(_ context.Context, fresh bool) ([]*keys.Key, error) {
					if fresh {
						asked = append(asked, "fresh")
						return []*keys.Key{old, rotated}, nil
					}
					asked = append(asked, "kept")
					return []*keys.Key{old, newKey(t, "k0")}, nil
				},
			}
			raw, err := jwt.Sign(tt.key, "ES256", map[string]any{"kid": tt.key.KID},
				map[string]any{"iss": "i", "aud": "c", "sub": "s", "iat": now.Unix(), "exp": now.Unix() + 60})
			if err != nil {
				t.Fatal(err)
			}
			err = v.Verify(t.Context(), token.Set{IDToken: secret.New(raw)})
			if (err == nil) != tt.ok || strings.Join(asked, " ") != tt.asked {
				t.Errorf("%v after %v", err, asked)
			}
		})
	}
}

func TestIDTokenWithoutKeysOrIssuer(t *testing.T) {
	down := fault.New(fault.Network, "no JWKS")
	v := IDToken{Issuer: "i", Now: time.Now, Keys: func(context.Context, bool) ([]*keys.Key, error) { return nil, down }}
	set := token.Set{IDToken: secret.New("a.b.c")}
	if err := v.Verify(t.Context(), set); !errors.Is(err, down) {
		t.Errorf("no keys: %v", err)
	}
	v.Issuer = ""
	if err := v.Verify(t.Context(), set); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no issuer: %v", err)
	}
	if err := v.Verify(t.Context(), token.Set{}); err != nil {
		t.Errorf("nothing to verify: %v", err)
	}
}

// OpenID Connect Core 12.2.
func TestIDTokenOfARefresh(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	key := newKey(t, "k1")
	sign := func(sub, nonce string) string {
		claims := map[string]any{"iss": "i", "aud": "c", "sub": sub, "iat": now.Unix(), "exp": now.Unix() + 60}
		if nonce != "" {
			claims["nonce"] = nonce
		}
		raw, err := jwt.Sign(key, "ES256", map[string]any{"kid": "k1"}, claims)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for name, tt := range map[string]struct{ sub, nonce, says string }{
		"no nonce":      {"alice", "", ""},
		"same nonce":    {"alice", "n", ""},
		"other nonce":   {"alice", "m", "nonce is not that of the login"},
		"other subject": {"bob", "", "sub is not that of the login"},
	} {
		v := IDToken{
			Issuer: "i", ClientID: "c", Now: func() time.Time { return now }, Renews: sign("alice", "n"),
			Keys: func(context.Context, bool) ([]*keys.Key, error) { return []*keys.Key{key}, nil },
		}
		err := v.Verify(t.Context(), token.Set{IDToken: secret.New(sign(tt.sub, tt.nonce))})
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMaxAge(t *testing.T) {
	for value, want := range map[any]string{"0": "0s", "600": "10m0s", "abc": "fault", "-1": "fault", "1.5": "fault", "1e3": "fault", "": "fault"} {
		d, err := MaxAge([]endpoint.Param{{Name: "x"}, {Name: "max_age", Value: value}})
		got := "fault"
		if err == nil {
			got = d.String()
		}
		if got != want || err != nil && fault.KindOf(err) != fault.Config {
			t.Errorf("%q: %s %v", value, got, err)
		}
	}
	if d, err := MaxAge(nil); d != nil || err != nil {
		t.Errorf("none: %v %v", d, err)
	}
}
