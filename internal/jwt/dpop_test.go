package jwt

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestDPoPProof(t *testing.T) {
	for _, alg := range []string{"ES256", "RS256", "EdDSA"} {
		key := generate(t, alg)
		o := ProofOptions{
			Method: "POST", URL: "https://as.example/token?a=b#c", Nonce: "n-1", AccessToken: "at",
			Now: base, JTI: "j-1",
		}
		proof, err := DPoPProof(key, o)
		if err != nil {
			t.Fatal(err)
		}
		check := ProofCheck{Method: "POST", URL: "https://as.example/token", Nonce: "n-1", AccessToken: "at", Now: base.Add(time.Second)}
		got, token, err := VerifyProof(proof, check)
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		want, _ := key.Thumbprint()
		if jkt, _ := got.Thumbprint(); jkt != want {
			t.Errorf("jkt %s, want %s", jkt, want)
		}
		for _, private := range []string{`"d"`, `"p"`, `"q"`, `"k"`, `"kid"`} {
			if strings.Contains(string(token.Header.Raw("jwk")), private) {
				t.Errorf("%s: the proof's jwk has %s", alg, private)
			}
		}
		for name, change := range map[string]func(*ProofCheck){
			"method": func(c *ProofCheck) { c.Method = "GET" },
			"url":    func(c *ProofCheck) { c.URL = "https://as.example/other" },
			"nonce":  func(c *ProofCheck) { c.Nonce = "n-2" },
			"token":  func(c *ProofCheck) { c.AccessToken = "other" },
			"early":  func(c *ProofCheck) { c.Now = base.Add(-2 * time.Minute) },
			"late":   func(c *ProofCheck) { c.Now = base.Add(2 * time.Minute) },
		} {
			c := check
			change(&c)
			if _, _, err := VerifyProof(proof, c); err == nil {
				t.Errorf("%s: wrong %s passed", alg, name)
			}
		}
		sig := strings.LastIndexByte(proof, '.') + 1
		if _, _, err := VerifyProof(flip(proof, sig+3), check); err == nil {
			t.Errorf("%s: a wrong signature passed", alg)
		}
	}
}

// RFC 9449 7.1 prints this pair of token and ath.
func TestAccessTokenHash(t *testing.T) {
	if got := AccessTokenHash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"); got != "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo" {
		t.Errorf("ath %s", got)
	}
}

func TestDPoPProofRefuses(t *testing.T) {
	key := generate(t, "ES256")
	for name, o := range map[string]ProofOptions{
		"no jti":       {Method: "POST", URL: "https://a/b", Now: base},
		"relative url": {Method: "POST", URL: "/b", JTI: "x", Now: base},
	} {
		if _, err := DPoPProof(key, o); err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

// The key in a proof must be public, and one to sign with (RFC 9449 4.3, 7).
func TestKeysInProofsThatAreRefused(t *testing.T) {
	const public = `"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"`
	const private = `"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"`
	key := load(t, []byte("{"+public+","+private+"}"))
	claims := map[string]any{"jti": "j", "htm": "GET", "htu": "https://a/", "iat": base.Unix()}
	for jwk, ok := range map[string]bool{
		"{" + public + "}":                 true,
		"{" + public + "," + private + "}": false,
		"{" + public + `,"use":"enc"}`:     false,
		"{" + public + `,"alg":"ES384"}`:   false,
		`{"kty":"oct","k":"AQAB"}`:         false,
		`{}`:                               false,
		`null`:                             false,
	} {
		proof := sign(t, key, "ES256", map[string]any{"typ": "dpop+jwt", "jwk": json.RawMessage(jwk)}, claims)
		_, _, err := VerifyProof(proof, ProofCheck{Method: "GET", URL: "https://a/", Now: base})
		if (err == nil) != ok {
			t.Errorf("%s: %v", jwk, err)
		}
	}
	for typ, ok := range map[string]bool{"dpop+jwt": true, "JWT": false} {
		proof := sign(t, key, "ES256", map[string]any{"typ": typ, "jwk": json.RawMessage("{" + public + "}")}, claims)
		if _, _, err := VerifyProof(proof, ProofCheck{Method: "GET", URL: "https://a/", Now: base}); (err == nil) != ok {
			t.Errorf("typ %s: %v", typ, err)
		}
	}
}
