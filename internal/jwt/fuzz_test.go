package jwt

import (
	"strings"
	"testing"

	"authctl/internal/keys"
)

// FuzzVerify: nothing that a token can be makes the reader fall over, and what
// is not signed by the key never passes.
func FuzzVerify(f *testing.F) {
	key := load(f, read(f, "klg-public-key.pem"))
	seeds := append(published(f), "eyJhbGciOiJub25lIn0.e30.", forge(`{"alg":"HS256","crit":["b64"],"b64":false}`, "x", []byte("k")))
	for _, v := range vectors(f) {
		seeds = append(seeds, v.JWS)
	}
	known := map[string]bool{}
	for _, s := range published(f) {
		known[s] = true
	}
	for _, s := range seeds {
		if s == "" {
			f.Fatal("an empty seed")
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		got, err := Verify(token, VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true})
		if err == nil && !known[token] {
			t.Errorf("%q passes", token)
		}
		if got == nil {
			return
		}
		// What was parsed is the text again: one text for one token.
		if parts := strings.Split(token, "."); b64(got.Payload) != parts[1] {
			t.Errorf("the payload of %q is not its text", token)
		}
	})
}

// FuzzObject: what was read and is written again reads the same.
func FuzzObject(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1}`, `{"a\"b":{"c":[1,null]}," ":"x"}`, `{"a":1,"a":2}`, `{"a":1}x`, `[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ParseObject(data)
		if err != nil {
			return
		}
		text, err := o.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseObject(text)
		if err != nil || len(again) != len(o) {
			t.Fatalf("%q became %q: %v", data, text, err)
		}
		for i := range o {
			if again[i].Name != o[i].Name {
				t.Errorf("%q became %q", o[i].Name, again[i].Name)
			}
		}
	})
}
