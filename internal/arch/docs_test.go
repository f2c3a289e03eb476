package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsThatAreNamedExist: a comment or page that points to docs/NAME.md
// points to something.
func TestDocsThatAreNamedExist(t *testing.T) {
	named := regexp.MustCompile(`docs/[a-z-]+\.md`)
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata" {
			return fs.SkipDir
		}
		if ext := filepath.Ext(path); d.IsDir() || ext != ".go" && ext != ".md" && ext != ".yaml" && ext != ".sh" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, doc := range named.FindAllString(string(text), -1) {
			seen++
			if _, err := os.Stat(filepath.Join("../..", doc)); err != nil {
				t.Errorf("%s names %s, which does not exist", path, doc)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 10 {
		t.Errorf("only %d references were seen", seen)
	}
}
