package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTopLevelFolders: a folder beside these is a slip, such as the output of a
// tool; bin is what is built.
func TestTopLevelFolders(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"bin", "cmd", "completions", "docs", "internal", "scripts"}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(known, e.Name()) {
			t.Errorf("%s has no place at the top", e.Name())
		}
	}
}

// TestRoomsAreSmall: a longer file is two rooms. Tests may be longer: a table is one thing.
func TestRoomsAreSmall(t *testing.T) {
	const most = 250
	seen := 0
	for _, top := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join("../..", top), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "node_modules":
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			seen++
			if lines := strings.Count(string(text), "\n"); lines > most {
				t.Errorf("%s has %d lines, more than %d", path, lines, most)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 100 {
		t.Errorf("only %d files were seen", seen)
	}
}
