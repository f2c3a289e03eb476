package jwt

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"authctl/internal/keys"
)

func enc(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// forge signs any header over any payload with HMAC-SHA-256 under secret.
func forge(header, payload string, secret []byte) string {
	input := enc([]byte(header)) + "." + enc([]byte(payload))
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(input))
	return input + "." + enc(mac.Sum(nil))
}

// The public key is no secret: a verifier that takes the algorithm from the
// token would accept HMAC under its bytes.
func TestConfusionOfRSAWithHMAC(t *testing.T) {
	pem := read(t, "klg-public-key.pem")
	key := load(t, pem)
	der, err := key.SPKI()
	if err != nil {
		t.Fatal(err)
	}
	rsa := enc(asModulus(t, key))
	for name, secret := range map[string][]byte{"pem": pem, "trimmed pem": []byte(strings.TrimSpace(string(pem))), "der": der, "modulus": []byte(rsa)} {
		token := forge(`{"alg":"HS256"}`, `{"iss":"eoj"}`, secret)
		if _, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true}); err == nil {
			t.Errorf("HMAC under the %s passes for RSA", name)
		}
	}
}

func asModulus(t *testing.T, key *keys.Key) []byte {
	t.Helper()
	j, err := key.PublicJWK()
	if err != nil {
		t.Fatal(err)
	}
	n, err := base64.RawURLEncoding.DecodeString(j.N)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Each header is refused although its signature is right.
func TestHeadersThatAreRefused(t *testing.T) {
	secret := []byte(strings.Repeat("s", 32))
	key := &keys.Key{Oct: secret}
	jwk := `{"kty":"oct","k":"` + enc(secret) + `"}`
	if _, err := Verify(forge(`{"alg":"HS256"}`, `{}`, secret), VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true}); err != nil {
		t.Fatalf("the plain one: %v", err)
	}
	for name, header := range map[string]string{
		"crit unknown":     `{"alg":"HS256","crit":["exp"],"exp":1}`,
		"crit b64":         `{"alg":"HS256","crit":["b64"],"b64":false}`,
		"crit b64 true":    `{"alg":"HS256","crit":["b64"],"b64":true}`,
		"crit empty":       `{"alg":"HS256","crit":[]}`,
		"crit null":        `{"alg":"HS256","crit":null}`,
		"b64 without crit": `{"alg":"HS256","b64":false}`,
		"jwk":              `{"alg":"HS256","jwk":` + jwk + `}`,
		"jku":              `{"alg":"HS256","jku":"https://evil.example/jwks"}`,
		"x5u":              `{"alg":"HS256","x5u":"https://evil.example/crt"}`,
		"kid number":       `{"alg":"HS256","kid":1}`,
		"kid null":         `{"alg":"HS256","kid":null}`,
		"alg twice":        `{"alg":"HS256","alg":"HS256"}`,
		"alg none":         `{"alg":"none"}`,
		"alg NONE":         `{"alg":"NoNe"}`,
		"alg missing":      `{}`,
		"alg null":         `{"alg":null}`,
		"alg number":       `{"alg":256}`,
		"alg unknown":      `{"alg":"HS257"}`,
		"alg lower case":   `{"alg":"hs256"}`,
		"alg of RSA":       `{"alg":"RS256"}`,
		"header list":      `["HS256"]`,
		"two values":       `{"alg":"HS256"}{}`,
	} {
		token := forge(header, `{}`, secret)
		if _, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true}); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestTokensThatAreNone(t *testing.T) {
	good := forge(`{"alg":"HS256"}`, `{}`, []byte("secret"))
	for name, token := range map[string]string{
		"empty": "", "dots": "..", "two parts": good[:strings.LastIndexByte(good, '.')], "four parts": good + ".AA",
		"padded":       good + "=",
		"line break":   good[:20] + "\n" + good[20:],
		"space":        " " + good,
		"standard b64": strings.ReplaceAll(good, "e", "+"),
		"stray bits":   enc([]byte(`{"alg":"HS256"}`)) + ".e31." + "AB",
		"deep":         forge(`{"alg":"HS256","x":`+strings.Repeat("[", maxDepth)+strings.Repeat("]", maxDepth)+`}`, `{}`, []byte("secret")),
		"too big":      good + strings.Repeat("A", MaxSize),
	} {
		if _, err := Parse(token); err == nil {
			t.Errorf("%s is a token", name)
		}
	}
}

func TestWhichKey(t *testing.T) {
	a, b := generate(t, "ES256"), generate(t, "ES256")
	rsa := load(t, read(t, "klg-public-key.pem"))
	with := func(k *keys.Key, kid string) *keys.Key { c := *k; c.KID = kid; return &c }
	spki, _ := a.SPKISHA256()
	others := func(n int, kid string) []*keys.Key {
		var list []*keys.Key
		for range n {
			list = append(list, with(generate(t, "ES256"), kid))
		}
		return list
	}
	token := func(kid string) string {
		header := map[string]any{}
		if kid != "" {
			header["kid"] = kid
		}
		return sign(t, a, "ES256", header, map[string]any{})
	}
	enciphering := with(a, "a")
	enciphering.Use = "enc"
	otherAlg := with(a, "a")
	otherAlg.Alg = "ES384"
	for name, c := range map[string]struct {
		token string
		keys  []*keys.Key
		ok    bool
	}{
		"by kid":                     {token("a"), []*keys.Key{with(a, "a"), with(b, "b")}, true},
		"kid of another":             {token("b"), []*keys.Key{with(a, "a"), with(b, "b")}, false},
		"unknown kid":                {token("c"), []*keys.Key{with(a, "a")}, false},
		"one kid twice":              {token("a"), []*keys.Key{with(b, "a"), with(a, "a")}, true},
		"no kid, one fits":           {token(""), []*keys.Key{with(a, "a"), with(rsa, "b")}, true},
		"one key twice":              {token("a"), []*keys.Key{with(a, "a"), with(a, "a")}, true},
		"no kid, two fit":            {token(""), []*keys.Key{with(b, "b"), with(a, "a")}, true},
		"nameless key":               {token("x"), []*keys.Key{a}, true},
		"nameless keys, by computed": {token(spki), []*keys.Key{b, a}, true},
		"nameless keys":              {token("x"), []*keys.Key{b, a}, true},
		"as many as are tried":       {token("a"), append(others(7, "a"), with(a, "a")), true},
		"more than are tried":        {token("a"), append(others(8, "a"), with(a, "a")), false},
		"two of another":             {token("a"), others(2, "a"), false},
		"none":                       {token("a"), nil, false},
		"use enc":                    {token("a"), []*keys.Key{enciphering}, false},
		"another alg":                {token("a"), []*keys.Key{otherAlg}, false},
		"same kid, other type":       {token("a"), []*keys.Key{with(rsa, "a"), with(a, "a")}, true},
	} {
		_, err := Verify(c.token, VerifyOptions{Keys: c.keys, SignatureOnly: true})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		// Too many keys that fit are no reason to fetch the JWKS again.
		if name == "more than are tried" && errors.Is(err, ErrUnknownKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Verify(token("c"), VerifyOptions{Keys: []*keys.Key{with(a, "a")}, SignatureOnly: true}); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("an unknown kid is not worth a refetch: %v", err)
	}
	if _, err := Verify(token("a"), VerifyOptions{Keys: []*keys.Key{with(a, "a")}, AllowedAlgs: []string{"PS256"}, SignatureOnly: true}); err == nil {
		t.Error("an algorithm that is not allowed passes")
	}
}

func TestWeakRSA(t *testing.T) {
	key := load(t, read(t, "weak-rsa-1024.pem"))
	if _, err := Sign(key, "RS256", nil, map[string]any{}); err == nil {
		t.Error("1024 bits sign")
	}
	if _, err := Verify(strings.TrimSpace(string(read(t, "weak-rsa-1024.jwt"))), VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true}); err == nil || errors.Is(err, ErrSignature) {
		t.Errorf("1024 bits: %v", err)
	}
}

// A claim's name is one member, whatever it looks like.
func TestOddNamesRoundTrip(t *testing.T) {
	key := generate(t, "EdDSA")
	claims := map[string]any{}
	for _, name := range []string{`a"b`, `a","admin":true,"x":"`, `a.b.c`, `https://ns.example/Role`, "\\", "a\nb", "ü", "<&>", "", "a\u2028b"} {
		claims[name] = json.RawMessage(`"v"`)
	}
	token := sign(t, key, "EdDSA", map[string]any{`k"x`: 1}, claims)
	got, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, Now: base, OptionalExp: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Claims) != len(claims) || len(got.Header) != 2 {
		t.Fatalf("%d claims became %d: %s", len(claims), len(got.Claims), got.Payload)
	}
	for name := range claims {
		if got.Claims.String(name) != "v" {
			t.Errorf("%q is gone", name)
		}
	}
	again, err := json.Marshal(got.Claims)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := ParseObject(again); err != nil || len(o) != len(claims) {
		t.Errorf("written again it has %d members: %v", len(o), err)
	}
}
