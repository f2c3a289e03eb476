package core_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/sandbox/core"
)

func algs() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

func newKey(t testing.TB, alg string) *keys.Key {
	t.Helper()
	key, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// What internal/jwt signs verifies here, where nothing of it is used; one
// changed bit, another key or another alg in the header does not.
func TestVerifyEveryAlg(t *testing.T) {
	for _, alg := range algs() {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			key := newKey(t, alg)
			token, err := jwt.Sign(key, alg, map[string]any{"typ": "JWT"}, map[string]any{"sub": "x", "exp": 5})
			if err != nil {
				t.Fatal(err)
			}
			j, err := core.ParseJWS(token)
			if err != nil {
				t.Fatal(err)
			}
			if exp, ok := j.Time("exp"); j.Alg() != alg || j.Typ() != "JWT" || j.Text("sub") != "x" || exp != 5 || !ok {
				t.Errorf("header %v, claims %v", j.Header, j.Claims)
			}
			if err := j.Verify(key.Public); err != nil {
				t.Error(err)
			}
			for _, other := range append(algs(), "HS256", "none", "", "RS255") {
				j.Header["alg"] = other
				if j.Verify(key.Public) == nil != (other == alg) {
					t.Errorf("alg %q in the header: wrong verdict", other)
				}
			}
			parts := strings.Split(token, ".")
			changed, err := core.ParseJWS(parts[0] + "." + strings.Split(signed(t, key, alg, "y"), ".")[1] + "." + parts[2])
			if err != nil {
				t.Fatal(err)
			}
			if changed.Verify(key.Public) == nil {
				t.Error("other claims verify")
			}
		})
	}
}

func signed(t *testing.T, key *keys.Key, alg, sub string) string {
	t.Helper()
	token, err := jwt.Sign(key, alg, map[string]any{"typ": "JWT"}, map[string]any{"sub": sub, "exp": 5})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// A foreign key of the same kind verifies nothing.
func TestVerifyForeignKey(t *testing.T) {
	for _, alg := range []string{"PS256", "ES256", "EdDSA"} {
		j, err := core.ParseJWS(signed(t, newKey(t, alg), alg, "x"))
		if err != nil {
			t.Fatal(err)
		}
		if j.Verify(newKey(t, alg).Public) == nil {
			t.Errorf("%s: verified by a foreign key", alg)
		}
	}
}

// A public JWK and its thumbprint, against those of internal/keys.
func TestJWKThumbprint(t *testing.T) {
	for _, alg := range []string{"RS256", "ES256", "ES384", "ES512"} {
		key := newKey(t, alg)
		jwk := core.PrivateJWK(key.Signer, "", alg)
		if _, err := core.PublicJWK(jwk); err == nil {
			t.Errorf("%s: a private JWK was taken for a public one", alg)
		}
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi"} {
			delete(jwk, private)
		}
		public, err := core.PublicJWK(jwk)
		if err != nil {
			t.Fatal(err)
		}
		if same, ok := key.Public.(interface{ Equal(x any) bool }); ok && !same.Equal(public) {
			t.Errorf("%s: another key", alg)
		}
		want, err := key.Thumbprint()
		if got := core.JWKThumbprint(jwk); err != nil || got != want {
			t.Errorf("%s: thumbprint %q, want %q (%v)", alg, got, want, err)
		}
	}
}

// RFC 7638 3.1.
func TestJWKThumbprintOfTheRFC(t *testing.T) {
	got := core.JWKThumbprint(map[string]any{
		"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
		"n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs" +
			"tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI" +
			"SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
	})
	if got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Error(got)
	}
}

// RFC 7636 appendix B, and the edges of a verifier's syntax.
func TestVerifier(t *testing.T) {
	l := core.Login{Challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
	if err := l.Verify("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); err != nil {
		t.Error(err)
	}
	for verifier, want := range map[string]bool{
		strings.Repeat("a", 42): false, strings.Repeat("a", 43): true, strings.Repeat("~", 128): true, strings.Repeat("a", 129): false,
		strings.Repeat("a", 43) + "+": false, strings.Repeat("a", 43) + "é": false,
	} {
		if core.IsVerifier(verifier) != want {
			t.Errorf("%d characters ending in %q: not %v", len(verifier), verifier[len(verifier)-1:], want)
		}
	}
}

func FuzzParseJWS(f *testing.F) {
	key := newKey(f, "ES256")
	token, err := jwt.Sign(key, "ES256", map[string]any{}, map[string]any{"aud": []string{"a"}, "exp": 1})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{token, "e30.e30.", "..", "e30.W10.AA", "bnVsbA.bnVsbA.AA", token + ".x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, compact string) {
		j, err := core.ParseJWS(compact)
		if err != nil {
			return
		}
		j.Audience()
		j.Time("exp")
		if j.Verify(key.Public) == nil && compact != token {
			t.Errorf("verified: %q", compact)
		}
	})
}
