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
