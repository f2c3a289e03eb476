package jwt

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/keys"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil || len(data) == 0 {
		t.Fatalf("testdata %s: %v", name, err)
	}
	return data
}

func load(t testing.TB, data []byte) *keys.Key {
	t.Helper()
	k, err := keys.Load(data, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func generate(t testing.TB, alg string) *keys.Key {
	t.Helper()
	k, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func published(t testing.TB) []string {
	t.Helper()
	var all []string
	if err := json.Unmarshal(read(t, "klg-client-assertions.json"), &all); err != nil || len(all) != 3 {
		t.Fatalf("%d assertions, %v", len(all), err)
	}
	return all
}

// flip changes one bit of the i-th byte of what the base64url text stands for.
func flip(text string, i int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	at := strings.IndexByte(alphabet, text[i])
	return text[:i] + string(alphabet[at^1]) + text[i+1:]
}

func TestPublishedAssertions(t *testing.T) {
	key := load(t, read(t, "klg-public-key.pem"))
	issued := time.Unix(1638879897, 0)
	for i, token := range published(t) {
		o := VerifyOptions{Keys: []*keys.Key{key}, Issuer: "eoj", Now: time.Unix(1800000000, 0)}
		if _, err := Verify(token, o); !errors.Is(err, ErrExpired) {
			t.Errorf("%d: not expired: %v", i, err)
		}
		o.AllowExpired = true
		if _, err := Verify(token, o); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		for at := range token {
			if token[at] == '.' || at == len(token)-1 {
				continue
			}
			if _, err := Verify(flip(token, at), VerifyOptions{Keys: o.Keys, SignatureOnly: true}); err == nil {
				t.Fatalf("%d: accepted with a bit of byte %d flipped", i, at)
			}
		}
	}
	if _, err := Verify(published(t)[0], VerifyOptions{Keys: []*keys.Key{key}, Now: issued}); err != nil {
		t.Errorf("in its time: %v", err)
	}
}

func sign(t testing.TB, key *keys.Key, alg string, header, claims map[string]any) string {
	t.Helper()
	s, err := Sign(key, alg, header, claims)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var base = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestEveryAlgRoundTrips(t *testing.T) {
	for _, alg := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"} {
		key := generate(t, alg)
		token := sign(t, key, alg, nil, map[string]any{"exp": base.Unix() + 60, `a."b".c`: 1})
		got, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, Now: base})
		if err != nil {
			t.Errorf("%s: %v", alg, err)
			continue
		}
		if got.Header.Has("typ") {
			t.Errorf("%s: a typ nobody asked for", alg)
		}
		if string(got.Claims.Raw(`a."b".c`)) != "1" || len(got.Claims) != 2 {
			t.Errorf("%s: %s", alg, got.Payload)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	ec, public := generate(t, "ES256"), load(t, read(t, "klg-public-key.pem"))
	for name, c := range map[string]struct {
		key    *keys.Key
		alg    string
		claims map[string]any
	}{
		"none":            {ec, "none", nil},
		"unknown":         {ec, "ES257", nil},
		"another curve":   {ec, "ES384", nil},
		"another type":    {ec, "RS256", nil},
		"hmac":            {ec, "HS256", nil},
		"public key":      {public, "RS256", nil},
		"no key":          {&keys.Key{}, "HS256", nil},
		"claims, no JSON": {ec, "ES256", map[string]any{"a": func() {}}},
	} {
		if s, err := Sign(c.key, c.alg, nil, c.claims); err == nil || s != "" {
			t.Errorf("%s: %q", name, s)
		}
	}
	header := map[string]any{"alg": "none"}
	if got, err := Parse(sign(t, ec, "ES256", header, nil)); err != nil || got.Alg() != "ES256" || header["alg"] != "none" {
		t.Errorf("the header decides the alg, or was changed: %v", err)
	}
}
