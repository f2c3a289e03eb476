package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLinksLeadSomewhere: each link of README.md and docs/*.md to another page has
// that page, and its heading. What internal/gen writes below docs/cli is cobra's.
func TestLinksLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	link, seen := regexp.MustCompile(`[^!]\[[^\]]+\]\(([^):#]*)(#[^)]*)?\)`), 0
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			seen++
			to := page
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(page), m[1])
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
				continue
			}
			if m[2] == "" {
				continue
			}
			if there, err := os.ReadFile(to); err != nil || !headings(string(there))[m[2]] {
				t.Errorf("%s: %s has no heading %s", page, to, m[2])
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d links were seen", seen)
	}
}

// headings are the anchors of a page, as GitHub makes them.
func headings(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		words := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		found["#"+strings.ReplaceAll(words, " ", "-")] = true
	}
	return found
}
