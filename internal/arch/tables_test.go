package arch

import (
	"cmp"
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

// home is where the words of one table stand: in the table, in what builds an
// entry of it, and in what only prints one.
type home struct {
	read  string // what every other place reads
	files []string
}

// tabled are the words that a table of internal/profile decides by. Words that
// are parameters and token types too are not among them.
func tabled() map[string]home {
	const defaults = "internal/profile/profile.go"
	methods := home{"Client.Method", []string{"internal/profile/authmethod.go", "internal/clientauth/builtin.go", defaults}}
	grants := home{"profile.GrantTypes", []string{"internal/profile/granttype.go", "internal/grant", defaults}}
	kids := home{"profile.KIDs", []string{"internal/profile/enums.go", "internal/clientauth/assertion.go", "internal/doctor/proof.go", "cmd/kid.go"}}
	words := map[string]home{"urn:ietf:params:oauth:grant-type:": grants}
	for _, m := range profile.AuthMethods() {
		words[m.Name] = methods
	}
	for _, g := range profile.GrantTypes() {
		words[g.Name], words[g.Wire] = grants, grants
	}
	for _, kid := range profile.KIDs() {
		words[kid] = kids
	}
	for _, both := range []string{"none", "jwk", "x5t", "x5t#S256", "thumbprint", "refresh_token", "device_code", "password"} {
		delete(words, both)
	}
	return words
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
			if seen[word] = true; !within(path, words[word].files) {
				t.Errorf("%s decides by the name %q: read %s", path, word, cmp.Or(words[word].read, "its table"))
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
// strings.HasPrefix or HasSuffix looks for, or that client.auth or a grant is compared with.
func decided(t *testing.T, path string, words map[string]home) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && words[text].read != "" {
				found = append(found, text)
			}
		case *ast.BinaryExpr: // where "none" and "refresh_token" are no other thing's words
			compares := n.Op == token.EQL || n.Op == token.NEQ
			if f, ok := n.X.(*ast.SelectorExpr); ok && compares && (f.Sel.Name == "Auth" || f.Sel.Name == "Grant") && literal(n.Y) != "" {
				found = append(found, literal(n.Y))
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
