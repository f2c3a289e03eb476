package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authctl/cmd"
)

// noVariables are words of code that look like a variable's name and are none.
func noVariables() map[string]string {
	return map[string]string{"AUTHCTL_END": "a delimiter in the file of GITHUB_ENV", "AUTHCTL_STORE_": "the beginning of several", "N_A": "a token_type (RFC 8693 2.2.1)"}
}

// TestTheEnvironmentIsToldWhole: `help environment` and docs/environment.md have
// every variable that the code reads or sets, and no other.
func TestTheEnvironmentIsToldWhole(t *testing.T) {
	told, named := map[string]bool{}, map[string]string{}
	for _, g := range cmd.Environment() {
		for _, v := range g.Variables {
			for _, name := range v.Names {
				plain, _, _ := strings.Cut(name, "<")
				told[plain] = true
			}
		}
	}
	for _, path := range sources(t) {
		server := within(path, []string{"internal/sandbox"}) && filepath.Dir(path) != "internal/sandbox"
		if server || within(path, append(apart(), "cmd/help_environment.go", "internal/app/shared/fleettest.go")) {
			continue
		}
		for _, name := range variables(t, path) {
			named[name] = path
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if !told[name] && noVariables()[name] == "" {
			t.Errorf("%s reads %s, which help environment does not tell", named[name], name)
		}
	}
	for name := range told {
		if named[name] == "" {
			t.Errorf("help environment tells of %s, which nothing reads or sets", name)
		}
	}
	for name := range noVariables() {
		if named[name] == "" {
			t.Errorf("%s needs no line in noVariables()", name)
		}
	}
}

// variables are the literals of a file that are read from an environment, or
// look like nothing else: capitals with a _ between.
func variables(t *testing.T, path string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	long, any := regexp.MustCompile(`^[A-Z][A-Z0-9]*_[A-Z0-9_]+=?$`), regexp.MustCompile(`^([A-Z_]{4,}|SystemRoot|(Local)?AppData|[a-z]+_proxy)$`)
	prefixed := map[ast.Node]bool{}
	readers := []string{"env", "Env", "get", "has", "first", "fill", "Getenv", "LookupEnv", "dirFor"}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text := literal(n); long.MatchString(text) && !prefixed[n] {
				names = append(names, strings.TrimSuffix(text, "="))
			}
		case *ast.BinaryExpr: // a name that --env-prefix begins
			if text := literal(n.Y); source(n.X) == "prefix" && text != "" && within(path, []string{"internal/render"}) {
				prefixed[n.Y] = true
				names = append(names, "AUTHCTL_"+text)
			}
		case *ast.CallExpr:
			if slices.Contains(readers, called(n.Fun)) {
				for _, arg := range n.Args {
					if text := literal(arg); any.MatchString(text) {
						names = append(names, text)
					}
				}
			}
		case *ast.RangeStmt: // for _, name := range []string{"HOME", "USERPROFILE"}
			if list, ok := n.X.(*ast.CompositeLit); ok {
				for _, e := range list.Elts {
					if text := literal(e); any.MatchString(text) {
						names = append(names, text)
					}
				}
			}
		}
		return true
	})
	return names
}

// called is the last name of what is called.
func called(e ast.Expr) string {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		return sel.Sel.Name
	}
	return source(e)
}
