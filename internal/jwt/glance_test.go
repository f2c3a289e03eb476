package jwt

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"authctl/internal/keys"
)

// What is shown with a note is never verified: Parse stays as strict as RFC 7515.
func TestWhatIsShownLenientlyIsNotVerified(t *testing.T) {
	raw := base64.RawURLEncoding.EncodeToString
	header, claims := raw([]byte(`{"alg":"HS256"}`)), raw([]byte(`{"sub":"joe"}`))
	key := &keys.Key{Oct: bytes.Repeat([]byte{1}, 32)}
	// Every signature is right, of the text as it stands there.
	signed := func(input string, encoding *base64.Encoding) string {
		h := hmac.New(sha256.New, key.Oct)
		_, _ = h.Write([]byte(input))
		return input + "." + encoding.EncodeToString(h.Sum(nil))
	}
	if _, err := Verify(signed(header+"."+claims, base64.RawURLEncoding), VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true}); err != nil {
		t.Fatal(err)
	}
	other := "" // whose signature has a + or a /
	for i := 0; !strings.ContainsAny(other, "+/"); i++ {
		other = signed(header+"."+raw(fmt.Appendf(nil, `{"sub":"%d"}`, i)), base64.RawStdEncoding)
	}
	for name, c := range map[string]struct{ token, why string }{
		"padded header":    {signed(header+"=."+claims, base64.RawURLEncoding), "header is padded"},
		"padded payload":   {signed(header+"."+claims+"==", base64.RawURLEncoding), "payload is padded"},
		"padded signature": {signed(header+"."+claims, base64.URLEncoding), "signature is padded"},
		"other alphabet":   {other, "signature is not base64url"},
		"redacted":         {header + "." + claims + ".<signature>", "signature is not base64url"},
	} {
		if _, err := Glance(c.token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Parse(c.token); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: parsed: %v", name, err)
		}
		if _, err := Verify(c.token, VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true}); err == nil {
			t.Errorf("%s: verified", name)
		}
	}
}

func TestWhole(t *testing.T) {
	raw := base64.RawURLEncoding.EncodeToString
	start := func(alg string) string { return raw([]byte(`{"alg":"`+alg+`"}`)) + "." + raw([]byte(`{}`)) + "." }
	for token, want := range map[string]bool{
		start("RS256") + raw(make([]byte, 256)): true,
		start("RS256") + raw(make([]byte, 255)): false,
		start("RS256") + raw(make([]byte, 120)): false,
		start("ES384") + raw(make([]byte, 96)):  true,
		start("ES384") + raw(make([]byte, 97)):  false,
		start("none"):                           true,
		start("HS256"):                          false,
		raw([]byte(`{"enc":"x"}`)) + "....":     true,
		raw([]byte(`{"enc":"x"}`)) + "..":       false,
		"a.b.c":                                 false,
		"":                                      false,
	} {
		if Whole(token) != want {
			t.Errorf("%.60s: %v", token, !want)
		}
	}
}

func TestDepth(t *testing.T) {
	for text, want := range map[string]int{
		`1`: 0, `"[[["`: 0, `[]`: 1, `{"a":[{"b":"\"[["}],"c":[]}`: 3, `[[],[],[[]]]`: 3, `"\\"`: 0, `["\\",[]]`: 2, `]`: 0,
	} {
		if got := Depth([]byte(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

// FuzzGlance: what Parse reads, Glance reads likewise; what it notes, Parse refuses.
func FuzzGlance(f *testing.F) {
	for _, s := range []string{
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.AAAA", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ==.AAAA=", "mF_9.B5f-4.1JqM", "eyJhbGciOiJub25lIn0.e30.",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ....",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		g, err := Glance(token)
		strict, strictErr := Parse(token)
		switch {
		case err != nil && strictErr == nil && !errors.Is(err, ErrNotJWS):
			t.Errorf("%q: parsed, and Glance says %v", token, err)
		case err == nil && strictErr == nil && (string(strict.Payload) != string(g.Payload) || strict.Alg() != g.Alg()):
			t.Errorf("%q: read in two ways", token)
		case err == nil && strictErr == nil && strings.Contains(strings.Join(g.Notes, ""), "--verify refuses"):
			t.Errorf("%q: %q, and yet it was parsed", token, g.Notes)
		}
		_ = Whole(token)
	})
}
