package render

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// A format is its file, its entry in the table and its row in TestFormats;
// this names the place that has forgotten it. Help, completions, docs/cli and
// docs/man are made from the table.
func TestEveryPlaceKnowsEachFormat(t *testing.T) {
	recipes, err := os.ReadFile("../../docs/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(recipes), "## What is printed\n")
	table, _, _ = strings.Cut(table, "\n\nThe variables")
	var seen []string
	for _, f := range Formats() {
		if !strings.Contains(table, "`"+f.Name+"`") {
			t.Errorf("docs/recipes.md, What is printed: no row has `%s`", f.Name)
		}
		if f.Name == "" || f.Purpose == "" || f.write == nil {
			t.Errorf("formats.go: %q has no name, purpose or writer", f.Name)
		}
		if slices.Contains(seen, f.Name) {
			t.Errorf("formats.go: %s stands twice", f.Name)
		}
		seen = append(seen, f.Name)
	}
}

// What an entry says about itself must agree: an option without what it needs
// would be taken and do nothing.
func TestFormatsAgreeWithThemselves(t *testing.T) {
	for _, f := range Formats() {
		for wrong, is := range map[string]bool{
			"shows headers but no Authorization":    f.Headers && !f.Authorizes,
			"takes --for but shows no headers":      f.Proof && !f.Headers,
			"takes --shell but sets no variables":   f.Shell && !f.Variables,
			"is Bearer only but authorizes nothing": f.BearerOnly != "" && !f.Authorizes,
			"takes --select but is about one only":  f.Selects && f.Authorizes,
		} {
			if is {
				t.Errorf("-o %s %s", f.Name, wrong)
			}
		}
	}
}

// Headers and Proof say what the writer does: a format that shows them and
// does not say so prints without them.
func TestFormatsShowWhatTheySay(t *testing.T) {
	const proof = "p.r.oof"
	for _, f := range Formats() {
		r := sample()
		if f.BearerOnly == "" {
			r.Scheme, r.Set.TokenType, r.Proof = "DPoP", "DPoP", proof
		}
		env := t.TempDir() + "/env"
		var b strings.Builder
		if err := Write(&b, r, Options{Format: f.Name, GithubEnv: githubOnly(f.Name, env)}); err != nil {
			t.Fatal(err)
		}
		file, _ := os.ReadFile(env)
		out := b.String() + string(file)
		if got := strings.Contains(out, sample().Headers[0].Value.Reveal()); got != f.Headers {
			t.Errorf("-o %s: shows headers: %v, table: %v", f.Name, got, f.Headers)
		}
		if got := strings.Contains(out, proof); got != f.Proof {
			t.Errorf("-o %s: shows a proof: %v, table: %v", f.Name, got, f.Proof)
		}
		if got := strings.Contains(out, "AUTHCTL_"); got != f.Variables {
			t.Errorf("-o %s: sets variables: %v, table: %v", f.Name, got, f.Variables)
		}
	}
}
