package shown

import (
	"slices"
	"strings"
	"testing"
)

func TestNewScreen(t *testing.T) {
	for name, tt := range map[string]struct {
		terminal bool
		columns  int
		env      string
		want     Screen
	}{
		"a pipe":                     {want: Screen{}},
		"a terminal":                 {true, 132, "TERM=xterm", Screen{132, true}},
		"that does not say how wide": {true, 0, "", Screen{80, true}},
		"NO_COLOR":                   {true, 80, "NO_COLOR=1", Screen{80, false}},
		"NO_COLOR, empty":            {true, 80, "NO_COLOR=", Screen{80, true}},
		"CLICOLOR=0":                 {true, 80, "CLICOLOR=0", Screen{80, false}},
		"CLICOLOR=1":                 {true, 80, "CLICOLOR=1", Screen{80, true}},
		"CLICOLOR=1 in a pipe":       {env: "CLICOLOR=1", want: Screen{}},
		"dumb":                       {true, 80, "TERM=dumb", Screen{80, false}},
		"forced in a pipe":           {env: "CLICOLOR_FORCE=1", want: Screen{0, true}},
		"forced by 0":                {env: "CLICOLOR_FORCE=0", want: Screen{}},
		"forced, dumb, and 0":        {true, 80, "CLICOLOR_FORCE=1 TERM=dumb CLICOLOR=0", Screen{80, true}},
		"forced and NO_COLOR":        {true, 80, "CLICOLOR_FORCE=1 NO_COLOR=1", Screen{80, false}},
	} {
		env := map[string]string{}
		for _, v := range strings.Fields(tt.env) {
			key, value, _ := strings.Cut(v, "=")
			env[key] = value
		}
		got := NewScreen(tt.terminal, tt.columns, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

// What others say gets no colour, however it comes to be painted.
func TestPaintedIsCleaned(t *testing.T) {
	s := Screen{Colour: true}
	for _, text := range []any{hostile, Line(hostile), named{hostile}, "\x1b[31m", ""} {
		got := Sprintf("%s", s.Paint(Red, text))
		got = strings.TrimSuffix(strings.TrimPrefix(got, "\x1b[31m"), "\x1b[0m")
		if strings.ContainsFunc(got, Drives) {
			t.Errorf("%q painted: %q", text, got)
		}
	}
	if got := Sprintf("%s.", Screen{}.Paint(Red, "a")); got != "a." {
		t.Errorf("without colour: %q", got)
	}
	if got := Sprintf("%s", s.Paint(Green, s.Paint(Red, "a"))); got != "\x1b[32m\x1b[31ma\x1b[0m\x1b[0m" {
		t.Errorf("twice: %q", got)
	}
}

func TestWrap(t *testing.T) {
	for name, tt := range map[string]struct {
		in            string
		width, indent int
		want          string
	}{
		"fits":                     {"one two", 7, 2, "one two"},
		"breaks at a blank":        {"one two three", 7, 2, "one two\n  three"},
		"no end":                   {"one two three", 0, 2, "one two three"},
		"columns stay":             {"ok    work   key is there", 16, 6, "ok    work   key\n      is there"},
		"a word needs room":        {"a https://as.example/", 19, 6, "a\n  https://as.example/"},
		"a word needs some room":   {"abc https://as.example", 20, 6, "abc\n  https://as.example"},
		"wider than all":           {"  https://as.example/token", 10, 4, "  https://as.example/token"},
		"each line":                {"one two\nthree four", 6, 1, "one\n two\nthree\n four"},
		"colours take no room":     {"\x1b[31mone\x1b[0m two three", 7, 0, "\x1b[31mone\x1b[0m two\nthree"},
		"wide and combining ones":  {"\u6f22\u5b57 e\u0301 x", 6, 0, "\u6f22\u5b57 e\u0301\nx"},
		"blanks at the end are no": {"one two   ", 7, 0, "one two"},
	} {
		if got := Wrap(tt.in, tt.width, tt.indent); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// FuzzWrap: every word stays whole and in its place, and no line is too long but
// for a single word.
func FuzzWrap(f *testing.F) {
	words := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' })
	}
	f.Add("ok  work  https://as.example/token is there", uint8(20), uint8(6))
	f.Fuzz(func(t *testing.T, text string, width, indent uint8) {
		text = Whole(text)
		got := Wrap(text, int(width), int(indent))
		if !slices.Equal(words(got), words(text)) {
			t.Errorf("%q at %d: %q", text, width, got)
		}
		for _, line := range strings.Split(got, "\n") {
			if width > 0 && Width(line) > int(width) && len(words(line)) > 1 {
				t.Errorf("%q at %d: %q", text, width, line)
			}
		}
	})
}

func TestTable(t *testing.T) {
	table := Table{Heads: true}
	table.Row("NAME", "WHERE", "")
	table.Row("a\x1b[31m", "file, for scope one two three four", "")
	for width, want := range map[int]string{
		0:  "NAME   WHERE\na[31m  file, for scope one two three four\n",
		31: "NAME   WHERE\na[31m  file, for scope one two\n    three four\n",
	} {
		var out strings.Builder
		if err := table.Write(&out, Screen{Width: width}); err != nil || out.String() != want {
			t.Errorf("at %d: %q %v, want %q", width, out.String(), err, want)
		}
	}
	table = Table{Heads: true}
	table.Row("A", "B")
	table.Row("1", "one two three four five six")
	var out strings.Builder
	if err := table.Write(&out, Screen{Width: 28, Colour: true}); err != nil {
		t.Fatal(err)
	}
	if want := "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n1  one two three four five\n   six\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
