package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTopLevelFolders: a folder beside these is a mistake, such as the output of a
// tool; bin and dist are what is built.
func TestTopLevelFolders(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"bin", "cmd", "completions", "dist", "docs", "internal", "scripts"}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(known, e.Name()) {
			t.Errorf("%s has no place at the top", e.Name())
		}
	}
}

// TestRoomsAreSmall: a longer file is two rooms, and a longer folder too. Tests may
// be longer: a table is one thing.
func TestRoomsAreSmall(t *testing.T) {
	const most = 250
	folders := map[string]int{"internal/config": 2000, "internal/app": 1200}
	all := map[string]int{}
	for _, path := range sources(t) {
		text, err := os.ReadFile(filepath.Join("../..", path))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(text), "\n")
		if lines > most {
			t.Errorf("%s has %d lines, more than %d", path, lines, most)
		}
		all[filepath.ToSlash(filepath.Dir(path))] += lines
	}
	for folder, most := range folders {
		if lines := all[folder]; lines == 0 || lines > most {
			t.Errorf("%s has %d lines, of at most %d", folder, lines, most)
		}
	}
}

// sources are the Go files that are no tests, by their path in the module, with slashes.
func sources(t *testing.T) (list []string) {
	t.Helper()
	for _, top := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join("../..", top), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules"):
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			rel, err := filepath.Rel("../..", path)
			list = append(list, filepath.ToSlash(rel))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(list) < 100 {
		t.Fatalf("only %d files were seen", len(list))
	}
	return list
}
