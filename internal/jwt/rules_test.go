package jwt

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"authctl/internal/keys"
)

// RFC 7518 3.5: the salt of a PS signature is as long as the hash, neither
// shorter nor longer. golang-jwt by itself takes any.
func TestSaltLengthOfPS(t *testing.T) {
	key := generate(t, "PS256")
	private, ok := key.Signer.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("%T", key.Signer)
	}
	input := b64([]byte(`{"alg":"PS256"}`)) + "." + b64([]byte(`{"iss":"a"}`))
	sum := sha256.Sum256([]byte(input))
	for salt, ok := range map[int]bool{32: true, 20: false, 31: false, 33: false, rsa.PSSSaltLengthAuto: false} {
		sig, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: salt})
		if err != nil {
			t.Fatal(err)
		}
		token := input + "." + base64.RawURLEncoding.EncodeToString(sig)
		_, err = Verify(token, VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true})
		if (err == nil) != ok || err != nil && !errors.Is(err, ErrSignature) {
			t.Errorf("a salt of %d bytes: %v", salt, err)
		}
	}
}

// RFC 9864 2.2: Ed25519 and EdDSA are one algorithm when the key is an Ed25519 key.
func TestEd25519(t *testing.T) {
	key := generate(t, "Ed25519")
	says := func(alg string) *keys.Key { c := *key; c.Alg = alg; return &c }
	for _, alg := range []string{"Ed25519", "EdDSA"} {
		token := sign(t, key, alg, nil, map[string]any{"iss": "a"})
		parsed, err := Parse(token)
		if err != nil || parsed.Alg() != alg {
			t.Fatalf("%s: the header says %q, %v", alg, parsed.Alg(), err)
		}
		for _, in := range []string{"", "Ed25519", "EdDSA"} {
			if _, err := Verify(token, VerifyOptions{Keys: []*keys.Key{says(in)}, SignatureOnly: true}); err != nil {
				t.Errorf("%s under a key that says alg %q: %v", alg, in, err)
			}
		}
		if keys.DefaultAlg(says(alg)) != alg {
			t.Errorf("a key that says alg %s signs with %s", alg, keys.DefaultAlg(says(alg)))
		}
	}
	token := sign(t, key, "Ed25519", nil, map[string]any{})
	for allowed, ok := range map[string]bool{"EdDSA": true, "Ed25519": true, "ES256": false} {
		_, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, AllowedAlgs: []string{allowed}, SignatureOnly: true})
		if (err == nil) != ok {
			t.Errorf("allowed %s: %v", allowed, err)
		}
	}
	if _, err := Sign(generate(t, "ES256"), "Ed25519", nil, nil); err == nil {
		t.Error("a P-256 key signs Ed25519")
	}
}

// RFC 7518 3.2: a secret shorter than the hash verifies nothing; it still signs,
// because it is the server that chose a client's secret.
func TestShortSecrets(t *testing.T) {
	for alg, size := range map[string]int{"HS256": 32, "HS384": 48, "HS512": 64} {
		for _, n := range []int{size - 1, size} {
			key := &keys.Key{Oct: []byte(strings.Repeat("s", n))}
			token := sign(t, key, alg, nil, map[string]any{"iss": "a"})
			_, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true})
			if (err == nil) != (n == size) || err != nil && !strings.Contains(err.Error(), "RFC 7518 3.2") {
				t.Errorf("%s with %d bytes: %v", alg, n, err)
			}
		}
	}
}

// The reason is what the key says, not that its type does not fit.
func TestWhatTheKeySays(t *testing.T) {
	rsaKey, ec := generate(t, "RS256"), generate(t, "ES256")
	for name, c := range map[string]struct {
		key    *keys.Key
		change func(*keys.Key)
		alg    string
		verify string // "" verifies
		sign   string // "" signs
	}{
		"another alg":  {rsaKey, func(k *keys.Key) { k.Alg = "RS256" }, "PS256", "the key says alg RS256", ""},
		"use enc":      {ec, func(k *keys.Key) { k.Use = "enc" }, "ES256", `the key says use "enc"`, `the key says use "enc"`},
		"encrypts":     {ec, func(k *keys.Key) { k.KeyOps = []string{"encrypt"} }, "ES256", "without verify", "without sign"},
		"signs":        {ec, func(k *keys.Key) { k.KeyOps = []string{"sign"} }, "ES256", "", ""},
		"verifies":     {ec, func(k *keys.Key) { k.KeyOps = []string{"verify"} }, "ES256", "", "without sign"},
		"both":         {ec, func(k *keys.Key) { k.KeyOps = []string{"sign", "verify"} }, "ES256", "", ""},
		"another type": {ec, func(*keys.Key) {}, "RS256", "RS256 does not fit a P-256 key", "RS256 does not fit a P-256 key"},
	} {
		changed := *c.key
		c.change(&changed)
		_, err := Sign(&changed, c.alg, nil, map[string]any{})
		if !says(err, c.sign) {
			t.Errorf("%s: signing: %v, want %q", name, err, c.sign)
		}
		by := c.key
		if c.verify != "" && name == "another type" {
			by = rsaKey
		}
		token := sign(t, by, c.alg, map[string]any{"kid": "k"}, map[string]any{})
		changed.KID = "k"
		for kind, all := range map[string][]*keys.Key{"alone": {&changed}, "beside another": {generate(t, "ES384"), &changed}} {
			if _, err := Verify(token, VerifyOptions{Keys: all, SignatureOnly: true}); !says(err, c.verify) {
				t.Errorf("%s, %s: verifying: %v, want %q", name, kind, err, c.verify)
			}
		}
	}
	public := *ec
	public.Signer, public.KeyOps = nil, []string{"sign"}
	if err := public.CheckVerifying("ES256"); err == nil {
		t.Error("a public key that is only to sign verifies")
	}
}

func says(err error, want string) bool {
	return (err == nil) == (want == "") && (err == nil || strings.Contains(err.Error(), want))
}
