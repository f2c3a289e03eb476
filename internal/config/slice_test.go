package config

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"authctl/internal/profile"
)

func example(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../../profiles.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sameFromBlockAndWhole checks the promise of cut: what one block gives is
// what the whole file gives, position and all.
func sameFromBlockAndWhole(t *testing.T, data []byte) (cutBlocks int) {
	t.Helper()
	whole := &mainFile{path: "f.yaml", exists: true, text: string(data)}
	whole.parseAll()
	quick := &mainFile{path: "f.yaml"}
	quick.load(string(data))
	if quick.sliced == nil {
		return 0
	}
	if len(whole.problems) > 0 {
		// The head's problems are found either way; a fault inside of one
		// profile concerns that one only.
		if len(quick.problems) == 0 && !syntaxOnly(whole.problems) {
			t.Fatalf("the whole file has problems, its head has none: %v", whole.problems)
		}
		return 0
	}
	if fmt.Sprint(quick.names()) != fmt.Sprint(whole.names()) || quick.header != whole.header {
		t.Fatalf("names or head differ: %q %q, %+v %+v", quick.names(), whole.names(), quick.header, whole.header)
	}
	for _, name := range whole.names() {
		if quick.sliced == nil {
			return cutBlocks
		}
		fromWhole, _ := whole.find(name)
		fromBlock, ok := quick.find(name)
		if !ok {
			t.Fatalf("%q is lost", name)
		}
		if quick.sliced != nil {
			cutBlocks++
		}
		if a, b := decoded(fromWhole), decoded(fromBlock); a != b {
			t.Fatalf("%q differs:\nwhole %s\nblock %s", name, a, b)
		}
	}
	return cutBlocks
}

func syntaxOnly(ps Problems) bool {
	return len(ps) == 1 && strings.HasPrefix(ps[0].Text, "not valid YAML")
}

func decoded(e entry) string {
	p, problems := newDecoder().decode(e, "f.yaml")
	text, err := json.Marshal([]any{p, problems.sorted()})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestOneBlockIsWhatTheWholeFileGives(t *testing.T) {
	if n := sameFromBlockAndWhole(t, example(t)); n != 11 {
		t.Errorf("%d of 11 profiles of the example were read by themselves", n)
	}
	if n := sameFromBlockAndWhole(t, manyProfiles(50)); n != 50 {
		t.Errorf("%d of 50 profiles were read by themselves", n)
	}
}

// tricky are files in which indentation alone would mislead.
func tricky() map[string]string {
	return map[string]string{
		"quoted text over lines":      "profiles:\n  a:\n    issuer: \"x\n  b:\n    issuer: y\"\n",
		"single quotes over lines":    "profiles:\n  a: {issuer: 'x\n  b: y'}\n",
		"flow over lines":             "profiles:\n  a: {client: {id: x,\n  b: y}}\n",
		"flow hidden by a quote":      "profiles:\n  a: [x \"y, [z\" ],\n  b: z]\n",
		"an alias to another profile": "profiles:\n  a: &a\n    issuer: x\n  b: *a\n",
		"an anchor given twice":       "store: &s file\nprofiles:\n  a:\n    issuer: &s x\n  b:\n    issuer: *s\n",
		"an anchor of the head anew":  "store: &s file\nprofiles:\n  a:\n    issuer: &s x\ndefault_profile: *s\n",
		"text with a quote in it":     "profiles:\n  a:\n    issuer: say the \"x\n      y\n  b:\n    issuer: z\n",
		"a word with a quote":         "profiles:\n  a: {issuer: it's, preset: x}\n  b: {issuer: it's}\n",
		"the key twice":               "profiles:\n  a: {issuer: x}\nprofiles:\n  b: {issuer: y}\n",
		"a profile twice":             "profiles:\n  a: {issuer: x}\n  b: {issuer: z}\n  a: {issuer: y}\n",
		"a profile twice, quoted":     "profiles:\n  a: {issuer: x}\n  \"a\": {issuer: y}\n",
		"tabs":                        "profiles:\n  a:\n    issuer: x\n\tb: y\n",
		"another line break":          "profiles:\n  a:\n    issuer: x\u2028  b:\n    issuer: y\n",
		"carriage returns alone":      "profiles:\r  a:\r    issuer: x\r",
		"a second document":           "profiles:\n  a:\n    issuer: x\n---\nprofiles:\n  b: {}\n",
		"a document's end":            "profiles:\n  a:\n    issuer: x\n...\n",
		"a key over lines":            "profiles:\n  ? a\n  : {issuer: x}\n",
		"profiles as flow":            "profiles: {a: {issuer: x}}\n",
		"less indentation later":      "profiles:\n    a:\n      issuer: x\n  b:\n      issuer: y\n",
		"a list at the key's column":  "profiles:\n  a:\n    scopes:\n    - x\n    - y\n  b:\n  - z\n",
		"block text":                  "profiles:\n  a:\n    issuer: |\n      it's\n      b: x\n  b:\n    issuer: >-\n     \"y\n",
		"plain text over lines":       "profiles:\n  a:\n    issuer: x\n      b: y\n  b:\n    issuer: x\n     y\n",
		"the head at the end":         "profiles:\n  a:\n    issuer: x\n\n# end\nstore: file\nversion: 1\n",
		"comments everywhere":         "# c\nstore: file # 'c\nprofiles: # c\n# c\n  # c\n  a: # \"c\n    # c\n    issuer: x # {c\n",
		"CR LF":                       "version: 1\r\nprofiles:\r\n  a:\r\n    issuer: x\r\n  b:\r\n    issuer: y\r\n",
		"byte-order mark":             "\ufeffprofiles:\n  a:\n    issuer: x\n",
		"nothing":                     "",
		"no profiles":                 "version: 1\nprofiles:\n",
		"numbers as names":            "profiles:\n  0x1: {issuer: x}\n  1: {issuer: y}\n  null: {issuer: z}\n",
	}
}

func TestTrickyFiles(t *testing.T) {
	for name, text := range tricky() {
		t.Run(name, func(t *testing.T) { sameFromBlockAndWhole(t, []byte(text)) })
	}
}

func TestPlainFilesAreCut(t *testing.T) {
	for _, name := range []string{"the head at the end", "comments everywhere", "CR LF", "plain text over lines", "numbers as names"} {
		if cut(tricky()[name]) == nil {
			t.Errorf("%s: not cut", name)
		}
	}
}

func TestOtherFilesAreNotCut(t *testing.T) {
	for _, name := range []string{
		"quoted text over lines", "single quotes over lines", "flow over lines", "flow hidden by a quote", "the key twice", "a profile twice",
		"a profile twice, quoted", "tabs", "another line break", "carriage returns alone", "a second document", "a document's end", "a key over lines",
		"profiles as flow", "less indentation later", "a list at the key's column", "byte-order mark", "text with a quote in it", "a word with a quote",
	} {
		if text, ok := tricky()[name]; !ok || cut(text) != nil {
			t.Errorf("%s: cut", name)
		}
	}
}

func TestLinesBelowTheProfilesKeepTheirNumbers(t *testing.T) {
	m := &mainFile{path: "f.yaml"}
	m.load("version: 2\nprofiles:\n  a:\n    issuer: x\n\nstore: nowhere\n")
	if m.sliced == nil || len(m.problems) != 2 || m.problems[0].Line != 1 || m.problems[1].Line != 6 {
		t.Errorf("%v", m.problems)
	}
}

func TestDuplicatesAreSeenWithoutReadingTheBodies(t *testing.T) {
	m := &mainFile{path: "f.yaml"}
	m.load(tricky()["a profile twice"])
	if len(m.problems) != 1 || m.problems[0].String() != "f.yaml:4:3: profiles.a: is given twice, first in line 2" {
		t.Errorf("%v", m.problems)
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

// FuzzProfilesFile: no input panics, a block never says something else than
// the file, and no valid profile is lost on the way through YAML.
func FuzzProfilesFile(f *testing.F) {
	seeds := [][]byte{example(f), manyProfiles(2)}
	for _, text := range tricky() {
		seeds = append(seeds, []byte(text))
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
		sameFromBlockAndWhole(t, data)
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
				t.Fatalf("%v\n%s", AllProblems(err), text)
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
