package shown

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                     "plain",
		"a\r\nb\tc":                 "a b c",
		"\x1b[31mred\x1b[0m":        "[31mred[0m",
		"x\u202eevil\u2066y\u200bz": "xevilyz",
		"\x00\x07\u0085end":         "end",
		"bad\xffutf8":               "badutf8",
		strings.Repeat("é", Max+9):  strings.Repeat("é", Max-1) + "…",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[2Jb")
	f.Add("\u202e\u0000")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if len([]rune(got)) > Max || strings.ContainsAny(got, "\x1b\n\r\t\x00\u202e\u2066") {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	})
}

// The cause stands at the end of what a server says.
func TestSaid(t *testing.T) {
	long := strings.Repeat("general ", 100) + "\r\n\x1b[31mthe cause"
	if got := Said(long); !strings.HasPrefix(got, "general ") || !strings.HasSuffix(got, " [31mthe cause") || len([]rune(got)) != 2*Max {
		t.Errorf("%d: %q", len([]rune(got)), got)
	}
	if got := Said(" short\nand whole "); got != "short and whole" {
		t.Errorf("%q", got)
	}
}
