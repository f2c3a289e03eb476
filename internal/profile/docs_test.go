package profile

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// page is a page of docs.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// row is the line of text that begins with start.
func row(text, start string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, start) {
			return line
		}
	}
	return ""
}

// TestDocsNameEveryMethod with what it needs.
func TestDocsNameEveryMethod(t *testing.T) {
	text := page(t, "profiles.md")
	for _, m := range AuthMethods() {
		cell := "|"
		if !m.Public() {
			cell = "| `" + strings.Join(m.Needs, "`, `") + "` |"
		}
		if line := "| `" + m.Name + "` " + cell; row(text, line) == "" {
			t.Errorf("docs/profiles.md has no line %q", line)
		}
		if named := strings.Contains(row(text, "For `"), "`"+m.Name+"`"); named != m.Signs {
			t.Errorf("%s: Signs is %v, and docs/profiles.md names it under assertion: %v", m.Name, m.Signs, named)
		}
	}
}

// TestDocsNameEveryGrant, and which of them no fault repeats.
func TestDocsNameEveryGrant(t *testing.T) {
	line := row(page(t, "profiles.md"), "| `grant` |")
	_, retries, _ := strings.Cut(page(t, "network.md"), "\n## Retries\n")
	once, _, _ := strings.Cut(retries, "\n- `client_credentials`")
	for _, g := range GrantTypes() {
		if !strings.Contains(line, "`"+g.Name+"`") {
			t.Errorf("docs/profiles.md does not name grant %s", g.Name)
		}
		if strings.Contains(once, "`"+g.Name+"`") != g.Once {
			t.Errorf("docs/network.md: is %s repeated after a fault? Once is %v", g.Name, g.Once)
		}
	}
}

// TestDocsNameEveryWord of the fields that have a list of them.
func TestDocsNameEveryWord(t *testing.T) {
	text := page(t, "profiles.md")
	for field, words := range map[string][]string{
		"assertion.kid": KIDs(), "assertion.typ": Typs(), "assertion.audience": Audiences(),
		"assertion.issuer": Issuers(), "grant_assertion.issuer": Issuers(), "grant_assertion.subject": GrantSubjects(), "grant_assertion.scope": GrantScopes(), "token.select": TokenSelects(),
		"assertion.alg": slices.Concat(SignatureAlgs(), MACAlgs()), "exchange.subject_token_type": TokenTypes(),
	} {
		line := row(text, "| `"+field+"` |")
		for _, w := range words {
			if !strings.Contains(line, "`"+w+"`") {
				t.Errorf("docs/profiles.md does not name %s for %s", w, field)
			}
		}
	}
	_, kids, _ := strings.Cut(page(t, "keys.md"), "| `--kid`")
	for _, w := range KIDs() {
		if !strings.Contains(kids, "`"+w+"`") {
			t.Errorf("docs/keys.md does not name the kid %s", w)
		}
	}
}
