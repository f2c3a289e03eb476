package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// threats is how many rows docs/threats.md has.
const threats = 69

// TestThreatsAreHeld: every row is there, in order, and every test that it
// names exists.
func TestThreatsAreHeld(t *testing.T) {
	text, err := os.ReadFile("../../docs/threats.md")
	if err != nil {
		t.Fatal(err)
	}
	have := tests(t)
	row := regexp.MustCompile(`(?m)^\| (\d+) \|.*$`)
	named := regexp.MustCompile("`((?:Test|Fuzz)[^`]+)`")
	rows := row.FindAllStringSubmatch(string(text), -1)
	for i, r := range rows {
		if r[1] != strconv.Itoa(i+1) {
			t.Errorf("row %s comes where row %d should be", r[1], i+1)
		}
		names := named.FindAllStringSubmatch(r[0], -1)
		if len(names) == 0 {
			t.Errorf("row %s names no test", r[1])
		}
		for _, n := range names {
			if !have[n[1]] {
				t.Errorf("row %s names %s, which does not exist", r[1], n[1])
			}
		}
	}
	if len(rows) != threats {
		t.Errorf("%d rows, want %d", len(rows), threats)
	}
}

// tests lists every test and fuzz target of the tree, and every script as
// TestScripts/NAME.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	have := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if script, ok := strings.CutSuffix(filepath.Base(path), ".txtar"); ok {
			have["TestScripts/"+script] = true
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, f := range declared.FindAllSubmatch(text, -1) {
			have[string(f[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return have
}
