package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

// Whoever opens a file by a name, or reads to an end, lets somebody else decide
// how much there is and how long it takes: that is internal/files'. The others
// have a bound of their own.
func TestFilesAreReadInOnePlace(t *testing.T) {
	bounded := map[string]bool{
		"internal/files os.OpenFile":       true,
		"internal/files io.ReadAll":        true,
		"internal/store os.OpenFile":       true, // folder.read: no links, no waiting, a size
		"internal/store os.Open":           true, // a folder, to write it through
		"internal/endpoint io.ReadAll":     true, // an answer: LimitReader, and the deadline of its request
		"internal/sandbox/core io.ReadAll": true, // a request: LimitReader

		"internal/host os.OpenFile": true, // the terminal of a prompt
	}
	used := map[string]bool{}
	for _, path := range sources(t) {
		if within(path, apart()) {
			continue
		}
		for _, call := range readsItself(t, filepath.Join("../..", path)) {
			at := filepath.ToSlash(filepath.Dir(path)) + " " + call
			if !bounded[at] {
				t.Errorf("%s calls %s: read through internal/files", path, call)
			}
			used[at] = true
		}
	}
	for call := range bounded {
		if !used[call] {
			t.Errorf("%s is excepted and not called", call)
		}
	}
}

// readsItself are the calls of one file that open or read without a bound.
func readsItself(t *testing.T, path string) (calls []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := s.X.(*ast.Ident); ok {
			switch name := pkg.Name + "." + s.Sel.Name; name {
			case "os.Open", "os.OpenFile", "os.ReadFile", "io.ReadAll":
				calls = append(calls, name)
			}
		}
		return true
	})
	return calls
}
