package keys

import (
	"fmt"
	"strings"
	"testing"
)

const (
	jwkA = `{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`
	jwkB = `{"kty":"OKP","crv":"Ed25519","kid":"b","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
)

// What an error proposes must work when it is followed.
func TestErrorsPointAtTheKey(t *testing.T) {
	const jwk = jwkB
	quoted := strings.ReplaceAll(jwk, `"`, `\"`)
	for text, want := range map[string]string{
		`{"a":{"b/c~d":` + jwk + `},"z":1}`:                        "at #/a/b~1c~0d",
		`{"privateJwk":"` + quoted + `"}`:                          "at #/privateJwk",
		`{"a":"x","private_key":"-----BEGIN PRIVATE KEY-----\nx"}`: "at #/private_key",
		`{"a":"-----BEGIN CERTIFICATE-----\nx"}`:                   "no member kty",
		`{"a":"{\"b\":` + quoted + `}"}`:                           "no member kty",
		`{"list":[1,` + jwk + `]}`:                                 "at #/list/1",
		`{"set":{"keys":[` + jwk + `]}}`:                           "at #/set",
		`{"z":` + jwk + `,"y":` + jwk + `}`:                        "at #/y",
		`{"keys":[` + jwk + `,` + jwk + `]}`:                       "#/keys/0",
		`{"a":{"note":"kty"}}`:                                     "no member kty",
		`{"a":{"b":{"c":{"d":{"e":` + jwk + `}}}}}`:                "no member kty",
	} {
		if _, err := Load([]byte(text), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func set(keys ...string) []byte { return []byte(`{"keys":[` + strings.Join(keys, ",") + `]}`) }

func TestParseJWKS(t *testing.T) {
	many := make([]string, MaxKeys+1)
	for i := range many {
		many[i] = fmt.Sprintf(`{"kty":"oct","k":"AQAB","kid":"%d"}`, i)
	}
	for name, c := range map[string]struct {
		data []byte
		want int // 0: an error
	}{
		"two":                  {set(jwkA, jwkB), 2},
		"unknown type":         {set(`{"kty":"XYZ"}`, jwkB), 1},
		"broken beside good":   {set(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, jwkA), 1},
		"curve of no use":      {set(`{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}`, jwkA), 1},
		"no object":            {set(`1`, jwkA), 1},
		"only broken":          {set(`{"kty":"XYZ"}`), 0},
		"empty":                {set(), 0},
		"no list":              {[]byte(`{"keys":{}}`), 0},
		"null":                 {[]byte(`null`), 0},
		"text":                 {[]byte(`keys`), 0},
		"as many as may be":    {set(many[:MaxKeys]...), MaxKeys},
		"more than may be":     {set(many...), 0},
		"larger than may be":   {append(set(jwkA), strings.Repeat(" ", MaxSize)...), 0},
		"with byte-order mark": {append([]byte("\xef\xbb\xbf"), set(jwkA)...), 1},
	} {
		got, err := ParseJWKS(c.data)
		if len(got) != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%s: %d keys, %v", name, len(got), err)
		}
	}
}

func TestOneOfAJWKS(t *testing.T) {
	for kid, want := range map[string]string{"a": "P-256", "b": "Ed25519"} {
		k, err := Load(set(jwkA, jwkB), Options{KID: kid})
		if err != nil || k.Describe() != want {
			t.Errorf("%s: %v", kid, err)
		}
	}
	for name, c := range map[string]struct {
		data []byte
		kid  string
	}{
		"which": {set(jwkA, jwkB), ""}, "unknown": {set(jwkA, jwkB), "c"}, "twice": {set(jwkA, jwkA), "a"},
		"another jwk": {[]byte(jwkA), "b"},
	} {
		if _, err := Load(c.data, Options{KID: c.kid}); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	if _, err := Load(set(jwkA, jwkB), Options{}); err == nil || !strings.Contains(err.Error(), `"a" (P-256), "b" (Ed25519)`) {
		t.Errorf("the keys are not listed: %v", err)
	}
}

func TestFits(t *testing.T) {
	rsa := load(t, string(jwkOf(t, file(t, "klg-public-key.pem"))))
	ec, ed := load(t, jwkA), load(t, jwkB)
	oct := load(t, `{"kty":"oct","k":"AQAB"}`)
	for alg, key := range map[string]*Key{"RS256": rsa, "PS512": rsa, "ES256": ec, "EdDSA": ed, "HS384": oct} {
		for _, other := range []*Key{rsa, ec, ed, oct} {
			if other.Fits(alg) != (other == key) {
				t.Errorf("%s fits %s: %v", alg, other.Describe(), other.Fits(alg))
			}
		}
	}
	for _, jwk := range []string{
		strings.Replace(jwkA, `"kid"`, `"use":"enc","kid"`, 1), strings.Replace(jwkA, `"kid"`, `"alg":"ES384","kid"`, 1),
	} {
		if load(t, jwk).Fits("ES256") {
			t.Errorf("%s fits", jwk)
		}
	}
	if oct.Fits("none") || rsa.Fits("") || rsa.Fits("none") {
		t.Error("no algorithm fits a key")
	}
	if DefaultAlg(load(t, strings.Replace(string(jwkOf(t, file(t, "klg-public-key.pem"))), `"kty"`, `"alg":"PS384","kty"`, 1))) != "PS384" {
		t.Error("the JWK's own alg is not the default")
	}
}

func load(t testing.TB, data string) *Key {
	t.Helper()
	k, err := Load([]byte(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSymmetricKeysHaveNoPublicIdentifiers(t *testing.T) {
	k := load(t, `{"kty":"oct","k":"AQAB"}`)
	for name, id := range map[string]func() (string, error){"kid": k.SPKISHA256, "thumbprint": k.Thumbprint, "x5t": k.X5T} {
		if v, err := id(); err == nil {
			t.Errorf("%s %s", name, v)
		}
	}
	if _, err := k.PublicJWK(); err == nil {
		t.Error("a public JWK of a secret")
	}
	if _, err := k.PublicPEM(); err == nil {
		t.Error("a PEM of a secret")
	}
	if _, err := k.PKCS8(); err == nil {
		t.Error("PKCS#8 of a secret")
	}
}
