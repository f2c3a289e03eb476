package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// providerNames are words that belong into profiles and presets: a quirk is data.
func providerNames() []string {
	return []string{
		"santedb", "ardengem", "helseid", "klg", "kombit", "salus", "keycloak",
		"azure", "aadsts", "ehealth", "microsoft", "cppa", "sundhed",
	}
}

// shortNames are only found as a whole word: "central" is no provider.
func shortNames() []string { return []string{"entra", "arden", "nhn"} }

// named returns the first provider's name in an identifier or literal, "" if there is none.
func named(text string) string {
	squeezed := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(text))
	for _, name := range providerNames() {
		if strings.Contains(squeezed, name) {
			return name
		}
	}
	for _, word := range words(text) {
		if slices.Contains(shortNames(), word) {
			return word
		}
	}
	return ""
}

// words splits at everything but letters and where camel case begins a new word.
func words(text string) []string {
	var spaced strings.Builder
	previous := ' '
	for _, r := range text {
		if unicode.IsUpper(r) && unicode.IsLower(previous) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		previous = r
	}
	return strings.FieldsFunc(strings.ToLower(spaced.String()), func(r rune) bool { return !unicode.IsLetter(r) })
}

// contracts are literals that a user types or a server demands, whoever's name they hold.
func contracts() map[string]string {
	return map[string]string{
		"keycloak": "cmd", // kid --as keycloak
	}
}

func TestNoProviderIsNamedInCode(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") && path != root || within(rel, append(apart(), "internal/sandbox", "internal/fakes")) || d.Name() == "testdata" || d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		namesIn(t, path, rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 10 {
		t.Fatalf("only %d files were looked at", seen)
	}
}

// namesIn reports identifiers and literals of one file. Comments may name a
// provider: they cite its page.
func namesIn(t *testing.T, path, rel string) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		var text string
		switch n := n.(type) {
		case *ast.Ident:
			text = n.Name
		case *ast.BasicLit:
			text = strings.Trim(n.Value, "`\"")
		default:
			return true
		}
		name := named(text)
		if home, ok := contracts()[text]; name != "" && (!ok || !within(rel, []string{home})) {
			t.Errorf("%s: %q names the provider %q; make it profile data", rel, text, name)
		}
		return true
	})
}

func TestNamesAreFound(t *testing.T) {
	for text, want := range map[string]string{"isKeycloak": "keycloak", "AADSTS7000215": "aadsts", "client_id": "", "central": "", "EntraTenant": "entra", "kl-gateway": "klg"} {
		if got := named(text); got != want {
			t.Errorf("named(%q) = %q, want %q", text, got, want)
		}
	}
}
