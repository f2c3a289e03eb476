package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"authctl/internal/profile"
)

// tabled are the words that a table of internal/profile decides by, and what to
// read instead. Words that are parameters and token types too are not among them.
func tabled() map[string]string {
	words := map[string]string{"urn:ietf:params:oauth:grant-type:": "profile.GrantTypes"}
	for _, m := range profile.AuthMethods() {
		words[m.Name] = "client.Method()"
	}
	for _, g := range profile.GrantTypes() {
		words[g.Name], words[g.Wire] = "profile.GrantTypes", "profile.GrantTypes"
	}
	for _, kid := range profile.KIDs() {
		words[kid] = "profile.KIDs"
	}
	for _, both := range []string{"none", "jwk", "x5t", "x5t#S256", "thumbprint", "refresh_token", "device_code"} {
		delete(words, both)
	}
	return words
}

// tables are the files in which those words stand: the tables, what builds an
// entry of them, and what only prints one.
func tables() []string {
	return []string{
		"internal/profile/authmethod.go", "internal/profile/granttype.go", "internal/profile/enums.go",
		"internal/profile/profile.go", // the defaults
		"internal/clientauth/builtin.go", "internal/clientauth/assertion.go",
		"internal/grant",
		"internal/doctor/proof.go", "cmd/kid.go", // how a kid was made
	}
}

// TestNothingDecidesByName: what a client authentication method, a grant or a
// kid means is decided in its table, which each place reads.
func TestNothingDecidesByName(t *testing.T) {
	words, seen := tabled(), map[string]bool{}
	for _, path := range sources(t) {
		if within(path, append(apart(), "internal/sandbox")) { // servers, with words of their own
			continue
		}
		for _, word := range decided(t, path, words) {
			if seen[word] = true; !within(path, tables()) {
				t.Errorf("%s decides by the name %q: read %s", path, word, words[word])
			}
		}
	}
	for word := range words {
		if whole := !strings.Contains(word, "grant-type:"); whole && !seen[word] {
			t.Errorf("%q was not found anywhere: does this test still see literals?", word)
		}
	}
}

// decided are the literals of a file that are one of words, or a part of one that
// strings.HasPrefix or HasSuffix looks for.
func decided(t *testing.T, path string, words map[string]string) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && words[text] != "" {
				found = append(found, text)
			}
		case *ast.CallExpr:
			if part := affix(n); len(part) > 3 {
				for word := range words {
					if word != part && (strings.HasPrefix(word, part) || strings.HasSuffix(word, part)) {
						found = append(found, word)
					}
				}
			}
		}
		return true
	})
	return found
}

// affix is the literal that a call of strings.HasPrefix or HasSuffix looks for.
func affix(call *ast.CallExpr) string {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "HasPrefix" && f.Sel.Name != "HasSuffix" || len(call.Args) != 2 {
		return ""
	}
	return literal(call.Args[1])
}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, _ := strconv.Unquote(lit.Value)
	return text
}

// TestSecretsThatAreSentAreKnown: what authctl hides in a request, a profile and
// a command line must not hold as a literal.
func TestSecretsThatAreSentAreKnown(t *testing.T) {
	var names []string
	for _, path := range sources(t) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "SetSecret" && literal(call.Args[0]) != "" {
				names = append(names, literal(call.Args[0]))
			}
			return true
		})
	}
	for _, name := range names {
		if !profile.SecretParam(name) {
			t.Errorf("%s is sent as a secret and profile.SecretParam does not know it", name)
		}
	}
	if slices.Sort(names); len(slices.Compact(names)) < 8 {
		t.Errorf("only %q were found", names)
	}
}
