package jwt

import (
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
