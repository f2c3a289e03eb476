package jwt

import (
	"errors"
	"testing"
	"time"

	"authctl/internal/keys"
)

func TestClaims(t *testing.T) {
	key := generate(t, "EdDSA")
	now := base.Unix()
	full := func(change func(map[string]any)) map[string]any {
		c := map[string]any{"iss": "https://i", "aud": "c", "exp": now + 60, "nbf": now, "iat": now, "nonce": "n"}
		change(c)
		return c
	}
	o := VerifyOptions{Keys: []*keys.Key{key}, Issuer: "https://i", ClientID: "c", Nonce: "n", Now: base}
	set := func(name string, value any) func(map[string]any) { return func(c map[string]any) { c[name] = value } }
	drop := func(name string) func(map[string]any) { return func(c map[string]any) { delete(c, name) } }
	for name, c := range map[string]struct {
		change func(map[string]any)
		adjust func(*VerifyOptions)
		ok     bool
	}{
		"as expected":           {change: set("x", 1), ok: true},
		"iss with slash":        {change: set("iss", "https://i/")},
		"iss missing":           {change: drop("iss")},
		"iss number":            {change: set("iss", 1)},
		"aud another":           {change: set("aud", "d")},
		"aud missing":           {change: drop("aud")},
		"aud prefix":            {change: set("aud", "cc")},
		"aud list":              {change: set("aud", []string{"c"}), ok: true},
		"aud list without azp":  {change: set("aud", []string{"c", "d"})},
		"aud list with azp":     {change: func(c map[string]any) { c["aud"], c["azp"] = []string{"c", "d"}, "c" }, ok: true},
		"aud list of numbers":   {change: set("aud", []int{1})},
		"azp another":           {change: set("azp", "d")},
		"azp null":              {change: set("azp", nil)},
		"exp now":               {change: set("exp", now)},
		"exp past":              {change: set("exp", now-1)},
		"exp missing":           {change: drop("exp")},
		"exp text":              {change: set("exp", "soon")},
		"exp null":              {change: set("exp", nil)},
		"exp huge":              {change: set("exp", 1e300)},
		"exp fraction":          {change: set("exp", float64(now)+0.5), ok: true},
		"nbf future":            {change: set("nbf", now+10)},
		"nbf text":              {change: set("nbf", "x")},
		"iat future":            {change: set("iat", now+10)},
		"iat missing":           {change: drop("iat"), ok: true},
		"nonce another":         {change: set("nonce", "m")},
		"nonce missing":         {change: drop("nonce")},
		"leeway for nbf":        {change: set("nbf", now+10), adjust: func(o *VerifyOptions) { o.Leeway = 10 * time.Second }, ok: true},
		"leeway for exp":        {change: set("exp", now-9), adjust: func(o *VerifyOptions) { o.Leeway = 10 * time.Second }, ok: true},
		"leeway too small":      {change: set("exp", now-10), adjust: func(o *VerifyOptions) { o.Leeway = 10 * time.Second }},
		"expired, allowed":      {change: set("exp", now-10), adjust: func(o *VerifyOptions) { o.AllowExpired = true }, ok: true},
		"no exp, allowed":       {change: drop("exp"), adjust: func(o *VerifyOptions) { o.OptionalExp = true }, ok: true},
		"no exp, expired is no": {change: drop("exp"), adjust: func(o *VerifyOptions) { o.AllowExpired = true }},
		"api audience":          {change: set("aud", "api"), adjust: func(o *VerifyOptions) { o.ClientID, o.Audience, o.Party = "", "api", "c" }, ok: true},
		"api, azp another": {change: func(c map[string]any) { c["aud"], c["azp"] = "api", "d" }, adjust: func(o *VerifyOptions) {
			o.ClientID, o.Audience, o.Party = "", "api", "c"
		}},
		"typ expected": {change: set("x", 1), adjust: func(o *VerifyOptions) { o.Typ = "at+jwt" }},
	} {
		opts := o
		if c.adjust != nil {
			c.adjust(&opts)
		}
		_, err := Verify(sign(t, key, "EdDSA", nil, full(c.change)), opts)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryProblemIsTold(t *testing.T) {
	key := generate(t, "EdDSA")
	token := sign(t, key, "EdDSA", nil, map[string]any{"iss": "x", "aud": "y", "exp": 1})
	got, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, Issuer: "i", Audience: "a", Nonce: "n", Now: base})
	var several interface{ Unwrap() []error }
	if !errors.As(err, &several) || len(several.Unwrap()) != 4 || !errors.Is(err, ErrExpired) {
		t.Errorf("%v", err)
	}
	if got == nil || !got.SignatureOK {
		t.Error("that the signature is right is not told")
	}
}

func TestDuplicateClaimsAreRefused(t *testing.T) {
	key := &keys.Key{Oct: []byte("0123456789abcdef0123456789abcdef")}
	token := forge(`{"alg":"HS256"}`, `{"iss":"a","iss":"b"}`, key.Oct)
	if _, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, OptionalExp: true}); err == nil {
		t.Error("a claim that comes twice passes")
	}
	if _, err := Verify(forge(`{"alg":"HS256"}`, `text`, key.Oct), VerifyOptions{Keys: []*keys.Key{key}, OptionalExp: true}); err == nil {
		t.Error("a payload that is no JSON passes as a JWT")
	}
}

// OpenID Connect Core A.2 has this at_hash for its access token.
func TestATHash(t *testing.T) {
	if got, err := ATHash("RS256", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"); err != nil || got != "77QmUPtjPfzWtF2AnpK9RQ" {
		t.Errorf("%s, %v", got, err)
	}
	key := generate(t, "ES384")
	o := VerifyOptions{Keys: []*keys.Key{key}, Now: base, OptionalExp: true, AccessToken: "at"}
	right, err := ATHash("ES384", "at")
	if err != nil {
		t.Fatal(err)
	}
	for hash, ok := range map[any]bool{right: true, "x": false, 1: false} {
		_, err := Verify(sign(t, key, "ES384", nil, map[string]any{"at_hash": hash}), o)
		if (err == nil) != ok {
			t.Errorf("at_hash %v: %v", hash, err)
		}
	}
	if _, err := ATHash("none", "at"); err == nil {
		t.Error("none has a hash")
	}
}
