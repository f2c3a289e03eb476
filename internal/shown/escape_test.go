package shown

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestEscapeJSON(t *testing.T) {
	for in, want := range map[string]string{
		"{\"a\u009b\":\"\u202e\u007f\u0085\u200b\U000e0001é\"}\n": `{"a\u009b":"\u202e\u007f\u0085\u200b\udb40\udc01é"}` + "\n",
		`{"a":"\u001b[31m"}`: `{"a":"\u001b[31m"}`,
		"":                   "",
		"{\r\n\t\"a\": 1}":   "{ \n \"a\": 1}",
		"\"\u2028\"":         `"\u2028"`,
	} {
		if got := string(EscapeJSON([]byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzEscapeJSON: the value stays what it was, and nothing in its text acts.
func FuzzEscapeJSON(f *testing.F) {
	for _, s := range []string{"a", "\x1b[31m\u009b\u202e", "\U000e0001\xff", "é\u2028\t\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		escaped := EscapeJSON(text)
		var before, after string
		if json.Unmarshal(text, &before) != nil || json.Unmarshal(escaped, &after) != nil || before != after {
			t.Errorf("%q became %q", before, after)
		}
		if strings.ContainsAny(string(escaped), "\x1b\u009b\u202e\u200f\x7f\u0085") {
			t.Errorf("%q", escaped)
		}
	})
}
