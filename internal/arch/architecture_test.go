package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheArchitecturePageIsTrue: files, functions and tests that it names exist.
func TestTheArchitecturePageIsTrue(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	have, seen := tests(t), 0
	named := regexp.MustCompile("`((?:cmd|internal|docs)/[^` ]+|[A-Za-z.]+\\.(?:go|md|yaml))`(?:: `(\\w+)`)?|`(Test\\w+)`")
	for _, n := range named.FindAllStringSubmatch(string(page), -1) {
		seen++
		if n[3] != "" {
			if !have[n[3]] {
				t.Errorf("there is no %s", n[3])
			}
			continue
		}
		at := filepath.Join("../..", n[1])
		if _, err := os.Stat(at); err != nil {
			t.Errorf("there is no %s", n[1])
			continue
		}
		if n[2] == "" {
			continue
		}
		text, err := os.ReadFile(at)
		if err != nil || !regexp.MustCompile(`(?m)^func (\([^)]*\) )?`+n[2]+`\(`).Match(text) {
			t.Errorf("%s has no func %s", n[1], n[2])
		}
	}
	if seen < 40 || !strings.Contains(string(page), "```mermaid") {
		t.Errorf("only %d names were seen", seen)
	}
}

// TestEveryRecipeRunsItsTests: each row of "Where do I add" ends with a command
// whose folders hold every test that the row names.
func TestEveryRecipeRunsItsTests(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, recipes, _ := strings.Cut(string(page), "\n## Where do I add\n")
	rows := regexp.MustCompile("(?m)^\\| (an? .+?) \\|.*?(?:\\| `go test ([^`]+)` \\|)?$").FindAllStringSubmatch(recipes, -1)
	if len(rows) < 8 {
		t.Fatalf("only %d rows were seen", len(rows))
	}
	for _, row := range rows {
		ran := ""
		for _, dir := range strings.Fields(row[2]) {
			files, err := filepath.Glob(filepath.Join("../..", strings.TrimSuffix(dir, "/..."), "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				ran += string(text)
			}
		}
		if ran == "" {
			t.Errorf("%s: no command runs a test", row[1])
		}
		for _, test := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(row[0], -1) {
			if !strings.Contains(ran, "\nfunc "+test[1]+"(") {
				t.Errorf("%s: go test %s does not run %s", row[1], row[2], test[1])
			}
		}
	}
}
