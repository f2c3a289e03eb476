package arch

import (
	"os"
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
