package config

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

func example(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../../profiles.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// says is what Parse finds in a file: its profiles' names and issuers, then the problems.
func says(data []byte) string {
	d := parseDocument("f.yaml", data)
	var out []string
	for _, e := range d.profiles {
		issuer := strict.Child(e.body, "issuer")
		if issuer == nil {
			issuer = &yaml.Node{}
		}
		if issuer.Alias != nil {
			issuer = issuer.Alias
		}
		out = append(out, e.name+"="+issuer.Value)
	}
	for _, p := range strict.AllProblems(d.problems.Fault("")) {
		out = append(out, p.String())
	}
	return strings.Join(out, "; ")
}

// tricky are files in which indentation alone would mislead.
func tricky() map[string]struct{ text, says string } {
	return map[string]struct{ text, says string }{
		"quoted text over lines":      {"profiles:\n  a:\n    issuer: \"x\n  b:\n    issuer: y\"\n", "a=x b: issuer: y"},
		"single quotes over lines":    {"profiles:\n  a: {issuer: 'x\n  b: y'}\n", "a=x b: y"},
		"flow over lines":             {"profiles:\n  a: {client: {id: x,\n  b: y}}\n", "a="},
		"flow hidden by a quote":      {"profiles:\n  a: [x \"y, [z\" ],\n  b: z]\n", "a="},
		"an alias to another profile": {"profiles:\n  a: &a\n    issuer: x\n  b: *a\n", "a=x; b=x"},
		"an anchor given twice":       {"store: &s file\nprofiles:\n  a:\n    issuer: &s x\n  b:\n    issuer: *s\n", "a=x; b=x"},
		"an anchor of the head anew":  {"store: &s file\nprofiles:\n  a:\n    issuer: &s x\ndefault_profile: *s\n", "a=x"},
		"text with a quote in it":     {"profiles:\n  a:\n    issuer: say the \"x\n      y\n  b:\n    issuer: z\n", "a=say the \"x y; b=z"},
		"a word with a quote":         {"profiles:\n  a: {issuer: it's, preset: x}\n  b: {issuer: it's}\n", "a=it's; b=it's"},
		"the key twice":               {"profiles:\n  a: {issuer: x}\nprofiles:\n  b: {issuer: y}\n", "a=x; f.yaml:3:1: profiles: is given twice, first in line 1"},
		"a profile twice":             {"profiles:\n  a: {issuer: x}\n  b: {issuer: z}\n  a: {issuer: y}\n", "a=x; b=z; f.yaml:4:3: profiles.a: is given twice, first in line 2"},
		"a profile twice, quoted":     {"profiles:\n  a: {issuer: x}\n  \"a\": {issuer: y}\n", "a=x; f.yaml:3:3: profiles.a: is given twice, first in line 2"},
		"tabs":                        {"profiles:\n  a:\n    issuer: x\n\tb: y\n", "f.yaml:3:1: not valid YAML: found a tab character that violates indentation"},
		"another line break":          {"profiles:\n  a:\n    issuer: x\u2028  b:\n    issuer: y\n", "a=x; b=y"},
		"carriage returns alone":      {"profiles:\r  a:\r    issuer: x\r", "a=x"},
		"a second document":           {"profiles:\n  a:\n    issuer: x\n---\nprofiles:\n  b: {}\n", "f.yaml: not valid YAML: only one document is read, there must be no further ---"},
		"a document's end":            {"profiles:\n  a:\n    issuer: x\n...\n", "a=x"},
		"a key over lines":            {"profiles:\n  ? a\n  : {issuer: x}\n", "a=x"},
		"profiles as flow":            {"profiles: {a: {issuer: x}}\n", "a=x"},
		"less indentation later":      {"profiles:\n    a:\n      issuer: x\n  b:\n      issuer: y\n", "f.yaml:3:1: not valid YAML: did not find expected key"},
		"a list at the key's column":  {"profiles:\n  a:\n    scopes:\n    - x\n    - y\n  b:\n  - z\n", "a=; b="},
		"block text":                  {"profiles:\n  a:\n    issuer: |\n      it's\n      b: x\n  b:\n    issuer: >-\n     \"y\n", "a=it's\nb: x\n; b=\"y"},
		"plain text over lines":       {"profiles:\n  a:\n    issuer: x\n      b: y\n  b:\n    issuer: x\n     y\n", "f.yaml:4:1: not valid YAML: mapping values are not allowed in this context"},
		"the head at the end":         {"profiles:\n  a:\n    issuer: x\n\n# end\nstore: file\nversion: 1\n", "a=x"},
		"comments everywhere":         {"# c\nstore: file # 'c\nprofiles: # c\n# c\n  # c\n  a: # \"c\n    # c\n    issuer: x # {c\n", "a=x"},
		"CR LF":                       {"version: 1\r\nprofiles:\r\n  a:\r\n    issuer: x\r\n  b:\r\n    issuer: y\r\n", "a=x; b=y"},
		"byte-order mark":             {"\ufeffprofiles:\n  a:\n    issuer: x\n", "a=x"},
		"UTF-16":                      {"\xff\xfe" + wide("profiles:\r\n  Prod.EU: {issuer: x, isuer: y}\r\n"), "Prod.EU=x"},
		"nothing":                     {"", ""},
		"no profiles":                 {"version: 1\nprofiles:\n", ""},
		"numbers as names":            {"profiles:\n  0x1: {issuer: x}\n  1: {issuer: y}\n  null: {issuer: z}\n", "0x1=x; 1=y; null=z"},
	}
}

func TestTrickyFiles(t *testing.T) {
	for name, tt := range tricky() {
		t.Run(name, func(t *testing.T) {
			if got := says([]byte(tt.text)); got != tt.says {
				t.Errorf("%q, want %q", got, tt.says)
			}
		})
	}
}

// wide is text in UTF-16, the lower half of each unit first.
func wide(text string) string { return strings.Join(strings.Split(text, ""), "\x00") + "\x00" }

// Positions, nearest names and duplicates are those of the file, in whichever form it comes.
func TestProblemsOfEveryFormOfFile(t *testing.T) {
	const text = "store: keyrng\r\nprofiles:\r\n  Prod.EU: &p\r\n    isuer: https://s.example\r\n    token_url: https://s.example/t\r\n" +
		"    client: {id: a, auth: none, id: b}\r\n    assertion: {claims: [{name: 'https://ns.example/Role', valeu: x}]}\r\n  b: *p\r\n"
	want := []string{
		`f.yaml:1:1: store: must be one of keyring, file, none, vault, kubernetes, did you mean keyring?`,
		`f.yaml:4:5: profiles.Prod.EU.isuer: unknown field, did you mean "issuer"?`,
		`f.yaml:4:5: profiles.b.isuer: unknown field, did you mean "issuer"?`,
		`f.yaml:6:33: profiles.Prod.EU.client.id: is given twice, first in line 6`,
		`f.yaml:6:33: profiles.b.client.id: is given twice, first in line 6`,
		`f.yaml:7:60: profiles.Prod.EU.assertion.claims[0].valeu: unknown field, did you mean "value"?`,
		`f.yaml:7:60: profiles.b.assertion.claims[0].valeu: unknown field, did you mean "value"?`,
	}
	for name, form := range map[string]string{"CR LF": text, "LF": strings.ReplaceAll(text, "\r", ""), "byte-order mark": "\ufeff" + text, "UTF-16": "\xff\xfe" + wide(text)} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(form))
			var got []string
			for _, p := range strict.AllProblems(err) {
				got = append(got, p.Full())
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s", strings.Join(got, "\n"))
			}
		})
	}
}

// Lines below the profiles keep their numbers, and the settings of the head are found there.
func TestTheHeadMayStandBelow(t *testing.T) {
	if got := says([]byte("version: 2\nprofiles:\n  a:\n    issuer: x\n\nstore: nowhere\n")); !strings.Contains(got, "f.yaml:1:1: version") || !strings.Contains(got, "f.yaml:6:1: store") {
		t.Error(got)
	}
}

// manyProfiles is a file of n profiles as people write them.
func manyProfiles(n int) []byte {
	var b strings.Builder
	b.WriteString("version: 1\ndefault_profile: p0\nprofiles:\n")
	for i := range n {
		fmt.Fprintf(&b, "  p%d:\n    preset: santedb\n    token_url: https://s%d.example/auth/oauth2_token\n    client:\n      id: app%d\n      secret: keyring:client_secret\n    request:\n      headers:\n        - {name: X-Device-Authorization, basic: {username: DEVICE, password: keyring:device_secret, scheme: BASIC}}\n    api:\n      hosts: [\"s%d.example:8080\"]\n", i, i, i, i)
	}
	return []byte(b.String())
}

// FuzzProfilesFile: no input panics, and no valid profile is lost on the way through YAML.
func FuzzProfilesFile(f *testing.F) {
	seeds := [][]byte{example(f), manyProfiles(2)}
	for _, tt := range tricky() {
		seeds = append(seeds, []byte(tt.text))
	}
	for _, name := range profile.PresetNames() {
		data, _ := profile.Preset(name)
		seeds = append(seeds, []byte("profiles:\n  p:\n    "+strings.ReplaceAll(string(data), "\n", "\n    ")))
	}
	if len(seeds) < 20 {
		f.Fatalf("only %d seeds", len(seeds))
	}
	for _, s := range seeds {
		if len(s) == 0 && len(seeds) < 21 {
			f.Fatal("an empty seed")
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := Parse("f.yaml", data)
		if err != nil {
			return
		}
		for _, p := range set.Profiles {
			text, err := Marshal(&p)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseProfile(p.Name, "f.yaml", text); err != nil {
				t.Fatalf("%v\n%s", strict.AllProblems(err), text)
			}
		}
	})
}

func BenchmarkLoadProfile(b *testing.B) {
	for _, n := range []int{5, 1000} {
		dir := b.TempDir()
		file := dir + "/profiles.yaml"
		if err := os.WriteFile(file, manyProfiles(n), 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := LoadProfile(Settings{File: file}, "p3"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
