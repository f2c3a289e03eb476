package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRoomsHaveFewFloors: who reads a room from its highest file down meets
// every file after those that use it, and is soon at the ground.
func TestRoomsHaveFewFloors(t *testing.T) {
	for room, most := range map[string]int{"internal/config": 5, "internal/strict": 3} {
		uses := filesUse(t, room)
		if len(uses) < 5 {
			t.Errorf("%s: only %d files use others", room, len(uses))
		}
		for file := range uses {
			if way := longest(uses, []string{file}); len(way) > most || slices.Contains(way[:len(way)-1], way[len(way)-1]) {
				t.Errorf("%s has more than %d floors, or no order: %s", room, most, strings.Join(way, " -> "))
			}
		}
	}
}

// longest is the longest way down; one that meets a file again ends there.
func longest(uses map[string]map[string]bool, way []string) []string {
	best, last := way, way[len(way)-1]
	if slices.Contains(way[:len(way)-1], last) {
		return way
	}
	for next := range uses[last] {
		if down := longest(uses, append(slices.Clone(way), next)); len(down) > len(best) {
			best = down
		}
	}
	return best
}

// filesUse are the files of a room by those that name what they declare. Of
// methods only the unexported are seen: the others' names may be another room's.
func filesUse(t *testing.T, room string) map[string]map[string]bool {
	t.Helper()
	files := map[string]*ast.File{}
	home := map[string]string{} // of a name, and of a method with a dot before it
	for _, path := range sources(t) {
		if filepath.ToSlash(filepath.Dir(path)) != room || strings.HasSuffix(path, "_other.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		files[name] = file
		for declared := range file.Scope.Objects { //nolint:staticcheck // names will do
			home[declared] = name
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && !f.Name.IsExported() {
				home["."+f.Name.Name] = name
			}
		}
	}
	uses := map[string]map[string]bool{}
	for name, file := range files {
		see := func(what string) {
			if to := home[what]; to != "" && to != name {
				if uses[name] == nil {
					uses[name] = map[string]bool{}
				}
				uses[name][to] = true
			}
		}
		for _, id := range file.Unresolved {
			see(id.Name)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if s, ok := call.Fun.(*ast.SelectorExpr); ok {
					see("." + s.Sel.Name)
				}
			}
			return true
		})
	}
	return uses
}
