package shown

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const hostile = "a\x1b[2J\r\nb\u202e\u009b\u2028\xff"

type named struct{ s string }

func (n named) String() string { return n.s }

type kind string

// TestEveryArgumentIsCleaned: whatever an argument is, and however it is printed.
func TestEveryArgumentIsCleaned(t *testing.T) {
	long := strings.Repeat("A", 10000)
	for name, a := range map[string]any{
		"string": hostile + long, "error": errors.New(hostile + long), "Stringer": named{hostile + long},
		"list": []string{hostile, hostile + long}, "kind": kind(hostile + long), "bytes": []byte(hostile), "map": map[string]string{hostile: hostile},
		"line": Line(hostile + long), "pointer": &named{hostile}, "wrapped": fmt.Errorf("x: %w", errors.New(hostile)),
	} {
		for _, verb := range []string{"%s", "%v", "%q", "%#v", "%+v"} {
			got := strings.TrimSuffix(Sprintf(verb+"\n", a), "\n")
			if strings.ContainsFunc(got, Drives) || strings.Contains(got, strings.Repeat("A", Max+1)) {
				t.Errorf("%s of %s: %q", verb, name, got)
			}
		}
	}
	if got := Sprintf("%d %s %t %5.1f %v\n", 7, 3*time.Second, true, 1.5, nil); got != "7 3s true   1.5 <nil>\n" {
		t.Errorf("%q", got)
	}
}

func TestLine(t *testing.T) {
	long := strings.Repeat("x", 300)
	for in, want := range map[string]string{
		"reading /a/" + long + "/key.pem: no": "reading /a/" + long[:97] + "…" + long[:90] + "/key.pem: no",
		"a\tb  c":                             "a b c", " a  b": " a  b",
		strings.Repeat("word ", 1000) + "end.": strings.Repeat("word ", 200) + "…" + strings.Repeat("word ", 199) + "end.",
	} {
		if got := Line(in).String(); got != want && !(len(in) > maxLine && len([]rune(got)) == maxLine && strings.HasSuffix(got, "end.")) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://as.example/a?b=c%20d#e":                        "https://as.example/a?b=c%20d#e",
		"https://as.example/\u00fc?q=\u00fc":                    "https://as.example/%C3%BC?q=%C3%BC",
		"https://xn--bcher-kva.example/":                        "https://xn--bcher-kva.example/",
		"https://[::1]:8080/":                                   "https://[::1]:8080/",
		"https://b\u00fccher.example/":                          "",
		"https://%E2%80%AE.example/":                            "",
		"https://login.example.com@evil.example/":               "",
		"https://login.example.com:x@evil.example/":             "",
		"https://@evil.example/":                                "",
		"https://login.example.com\\@evil.example/":             "",
		"https://as.example/\u202e":                             "",
		"https://as.example/\u009b":                             "",
		"https://as.example/\r\nx":                              "",
		"https://as.example/ x":                                 "",
		"/device":                                               "",
		"":                                                      "",
		"https:as.example":                                      "",
		"https://as.example/" + strings.Repeat("a", maxAddress): "",
	} {
		got, err := ParseNamed(in)
		if got.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
	a, err := ParseAddress("https://as.example:444/a?b=c#d")
	if err != nil {
		t.Fatal(err)
	}
	if got := a.With("e=f").String(); got != "https://as.example:444/a?b=c&e=f#d" {
		t.Errorf("with e=f: %s", got)
	}
	if a.With("") != a {
		t.Errorf("with nothing: %s", a.With(""))
	}
	if a.Host() != "as.example:444" {
		t.Errorf("host %s", a.Host())
	}
}

// FuzzParseAddress: an address is visible ASCII, and stands for itself.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"https://a.example/\u00fc", "https://a@b/", "https://%E2%80%AE/", "http://[::1%25a]/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err != nil {
			return
		}
		if strings.ContainsFunc(a.String()+a.Host(), func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q: %q at %q", s, a, a.Host())
		}
		if again, err := ParseAddress(a.String()); err != nil || again != a {
			t.Errorf("%q: %q, read again %q %v", s, a, again, err)
		}
	})
}
