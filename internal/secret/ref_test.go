package secret

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseRef(t *testing.T) {
	for in, want := range map[string]Ref{
		"keyring:client_secret":      {Kind: Keyring, Name: "client_secret"},
		"env:X":                      {Kind: Env, Name: "X"},
		"file:~/key.pem":             {Kind: File, Path: "~/key.pem"},
		"file:-":                     {Kind: File, Path: "-"},
		"file:c.json#/privateJwk":    {Kind: File, Path: "c.json", Pointer: "/privateJwk"},
		"file:C:\\keys\\a.json#/a/b": {Kind: File, Path: "C:\\keys\\a.json", Pointer: "/a/b"},
	} {
		got, err := ParseRef(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", in, got, err, want)
		}
		if got.String() != in {
			t.Errorf("%s is written %s", in, got)
		}
	}
}

// What is no reference may be the secret itself: no error quotes it.
func TestParseRefNeverQuotesALiteral(t *testing.T) {
	for _, in := range []string{"hunter2-canary", "canary:with:colons", "keyring:", "env:", "file:", "file:x#canary", "command:canary", "", "keyring:canary\nx"} {
		_, err := ParseRef(in)
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{"keyring:x", "file:a#/b", "env:Y", "literal"} {
		if seed == "" {
			f.Fatal("empty seed")
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRef(s)
		if err != nil {
			return
		}
		if again, err := ParseRef(r.String()); err != nil || again.String() != r.String() {
			t.Errorf("%q becomes %q, which becomes %q: %v", s, r, again, err)
		}
	})
}
