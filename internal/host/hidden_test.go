package host

import (
	"strings"
	"testing"
)

const pem = "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB\n-----END PRIVATE KEY-----"

func TestHiddenInput(t *testing.T) {
	for name, tt := range map[string]struct {
		typed string
		want  string
		rest  string // what was not taken
	}{
		"a line":                 {"secret\rmore\r", "secret", "more\r"},
		"line feed":              {"secret\nmore", "secret", "more"},
		"empty":                  {"\r", "", ""},
		"backspace":              {"secrx\x7fet\r", "secret", ""},
		"backspace, wide":        {"é\x08x\r", "x", ""},
		"backspace at the start": {"\x7f\x7fx\r", "x", ""},
		"begun anew":             {"wrong\x15secret\r", "secret", ""},
		"end of input":           {"secret\x04more", "secret", "more"},
		"an arrow key":           {"se\x1b[Dcr\x1bOCet\r", "secret", ""},
		"a key with a modifier":  {"se\x1b[1;5Dcret\r", "secret", ""},
		"PEM":                    {strings.ReplaceAll(pem, "\n", "\r") + "\r", pem, ""},
		"PEM, CRLF":              {strings.ReplaceAll(pem, "\n", "\r\n") + "\r", pem, ""},
		"JSON on one line":       {`{"kty":"oct"}` + "\rls\r", `{"kty":"oct"}`, "ls\r"},
		"JSON on several":        {"{\r\"kty\": \"oct\"\r}\rls", "{\n\"kty\": \"oct\"\n}", "ls"},
		"JSON that stays open":   {"{\r\"secret\r\x04", "{\n\"secret", ""},
		"a list on several":      {"[\r{}\r]\rls", "[\n{}\n]", "ls"},
		"a brace in a password":  {"{secret\rls", "{secret", "ls"},
		"a bracket, too":         {"[1\rls", "[1", "ls"},
		"a bracketed paste":      {pasteBegins + "one\rtwo" + pasteEnds + "\rls", "one\ntwo", "ls"},
		"paste with controls":    {pasteBegins + "a\x04b\x15c" + pasteEnds + "\r", "a\x04b\x15c", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var h hidden
			for i := range len(tt.typed) {
				if !h.take(tt.typed[i]) {
					continue
				}
				if h.value() != tt.want || tt.typed[i+1:] != tt.rest {
					t.Errorf("%q, and %q is left", h.value(), tt.typed[i+1:])
				}
				return
			}
			t.Errorf("never complete: %q", h.text)
		})
	}
}

func FuzzHidden(f *testing.F) {
	f.Add([]byte(pem + "\n"))
	f.Add([]byte("\x1b[200~{\x1b[201~\r\x04"))
	f.Fuzz(func(t *testing.T, typed []byte) {
		var h hidden
		for _, c := range typed {
			h.take(c)
			if len(h.escape) > len(pasteBegins) {
				t.Fatalf("a sequence without an end: %q", h.escape)
			}
		}
	})
}
