package strict_test

import (
	"strings"
	"testing"

	"authctl/internal/strict"
)

// The YAML library says neither line nor column, and the file may hold the same
// characters where they are no alias.
func TestWhereAnUnknownAliasStands(t *testing.T) {
	for text, want := range map[string]string{
		"secret: *x": "1:9",
		"# *x and *x\na: '*x'\nb: \"*x\"\nc: *x\nd: *x\n": "4:4",
		"a: |\n  *x\nb: {ø: '*x', d: [*x, *y]}\n":         "3:18",
		"a: &xy z\nb: &x-y z\nc: [*xy, *x-y, *x]\n":       "3:16",
		"a: *x\nb: &x z\nc: *x\n":                         "1:4",
		"a: z\r\nb:\r\n  *x : y\r\n":                      "3:3",
		"a: *x\n---\nb: c\n":                              "1:4",
	} {
		_, got := strict.Parse("f.yaml", []byte(text))
		if len(got) != 1 || !strings.HasPrefix(got[0].String(), "f.yaml:"+want+": not valid YAML: an alias (*name)") || got[0].Hint == "" {
			t.Errorf("%q: %v, want %s", text, got, want)
		}
	}
	_, got := strict.Parse("f.yaml", []byte("\xff\xfea\x00:\x00 \x00*\x00x\x00"))
	if len(got) != 1 || got[0].String() != "f.yaml: not valid YAML: an alias (*name) without its anchor (&name)" {
		t.Errorf("UTF-16: %v", got)
	}
}
