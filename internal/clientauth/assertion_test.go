package clientauth

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

func testProfile() *profile.Profile {
	p := profile.Default()
	p.Name, p.Client.ID, p.Assertion.Lifetime = "klg", "eoj", 10*time.Second
	return &p
}

func parts(t *testing.T, token string) (header, claims map[string]any) {
	t.Helper()
	fields := strings.Split(token, ".")
	if len(fields) != 3 {
		t.Fatalf("%d parts in %s", len(fields), token)
	}
	for i, into := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(fields[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	return header, claims
}

func newKey(t *testing.T, alg string) *keys.Key {
	t.Helper()
	key, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

var now = time.Date(2026, 3, 1, 12, 0, 0, 999, time.UTC)

// nbf is optional (RFC 7523 3), and a clock 2 s ahead makes it fatal.
func TestNotBefore(t *testing.T) {
	for _, asked := range []bool{false, true} {
		p := testProfile()
		p.Assertion.NotBefore = asked
		token, err := NewAssertion(p, newKey(t, "ES256"), Server{"https://as.example", ""}, now, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		_, claims := parts(t, token)
		if nbf, ok := claims["nbf"]; ok != asked || asked && nbf != float64(now.Unix()) {
			t.Errorf("not_before %v: nbf %v", asked, nbf)
		}
	}
}

func TestNewAssertionClaims(t *testing.T) {
	key := newKey(t, "ES256")
	p := testProfile()
	p.Assertion.Claims = []profile.Field{{Name: `https://ns.example/"a".b`, Value: map[string]any{"x": 1}}}
	p.Assertion.Headers = []profile.Field{{Name: "x5c", Value: []string{"AA"}}}
	token, err := NewAssertion(p, key, Server{"https://as.example", "https://as.example/token"}, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	header, claims := parts(t, token)
	iat := float64(now.Unix())
	want := map[string]any{"iss": "eoj", "sub": "eoj", "aud": "https://as.example", "iat": iat, "exp": iat + 10}
	for name, value := range want {
		if claims[name] != value {
			t.Errorf("%s = %v, want %v", name, claims[name], value)
		}
	}
	if jti, _ := claims["jti"].(string); !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(jti) {
		t.Errorf("jti %q", jti)
	}
	if _, ok := claims[`https://ns.example/"a".b`].(map[string]any); !ok || len(claims) != 7 {
		t.Errorf("the odd claim is not exactly one member: %v", claims)
	}
	if header["alg"] != "ES256" || header["typ"] != "JWT" {
		t.Errorf("header %v", header)
	}
	if header["x5c"] == nil || header["kid"] != nil {
		t.Errorf("the key is not named by x5c alone: %v", header)
	}
}

func TestNewAssertionNeverRepeatsJTI(t *testing.T) {
	key, p := newKey(t, "ES256"), testProfile()
	seen := map[any]bool{}
	for range 50 {
		token, err := NewAssertion(p, key, Server{"i", "t"}, now, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		_, claims := parts(t, token)
		if seen[claims["jti"]] {
			t.Fatalf("jti %v twice", claims["jti"])
		}
		seen[claims["jti"]] = true
	}
}

func TestNewAssertionAudience(t *testing.T) {
	key := newKey(t, "ES256")
	for _, c := range []struct{ aud, issuer, want string }{
		{"issuer", "https://i", "https://i"},
		{"", "https://i", "https://i"},
		{"token_url", "https://i", "https://t"},
		{"https://else", "https://i", "https://else"},
		{"issuer", "", ""},
	} {
		p := testProfile()
		p.Assertion.Audience = c.aud
		token, err := NewAssertion(p, key, Server{c.issuer, "https://t"}, now, rand.Reader)
		if c.want == "" {
			if fault.KindOf(err) != fault.Config {
				t.Errorf("audience %q: %v", c.aud, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		// One string, never an array.
		if _, claims := parts(t, token); claims["aud"] != c.want {
			t.Errorf("aud %v, want %s", claims["aud"], c.want)
		}
	}
}

func TestNewAssertionTyp(t *testing.T) {
	key := newKey(t, "ES256")
	for _, typ := range []string{"JWT", "client-authentication+jwt", "none"} {
		p := testProfile()
		p.Assertion.Typ = typ
		token, err := NewAssertion(p, key, Server{"i", "t"}, now, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		header, _ := parts(t, token)
		got, has := header["typ"]
		if typ == "none" && has || typ != "none" && got != typ {
			t.Errorf("typ %s: %v", typ, header)
		}
	}
}

func TestNewAssertionKID(t *testing.T) {
	key := newKey(t, "RS256")
	spki, _ := key.SPKISHA256()
	thumb, _ := key.Thumbprint()
	key.KID = "from-the-jwk"
	for form, want := range map[string]string{
		"jwk": "from-the-jwk", "": "from-the-jwk", "spki-sha256": spki, "thumbprint": thumb, "none": "", "my key": "my key",
	} {
		p := testProfile()
		p.Assertion.KID = form
		token, err := NewAssertion(p, key, Server{"i", "t"}, now, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		header, _ := parts(t, token)
		if got, _ := header["kid"].(string); got != want {
			t.Errorf("kid %q: %q, want %q", form, got, want)
		}
	}
	p := testProfile()
	p.Assertion.KID = "x5t"
	if _, err := NewAssertion(p, key, Server{"i", "t"}, now, rand.Reader); fault.KindOf(err) != fault.Config {
		t.Errorf("x5t without a certificate: %v", err)
	}
}

func TestNewAssertionRefuses(t *testing.T) {
	key := newKey(t, "ES256")
	p := testProfile()
	p.Assertion.Claims = []profile.Field{{Name: "a", Secret: &secret.Ref{Kind: secret.Env, Name: "X"}}}
	if _, err := NewAssertion(p, key, Server{"i", "t"}, now, rand.Reader); fault.KindOf(err) != fault.Config {
		t.Errorf("a secret in a claim: %v", err)
	}
	p = testProfile()
	p.Assertion.Alg = "RS256"
	if _, err := NewAssertion(p, key, Server{"i", "t"}, now, rand.Reader); fault.KindOf(err) != fault.Config {
		t.Errorf("RS256 with a P-256 key: %v", err)
	}
}
