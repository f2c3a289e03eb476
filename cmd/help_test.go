package cmd

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/shown"
)

// pageAt is what --help of a command shows on a terminal so wide.
func pageAt(t *testing.T, width int, colour bool, words ...string) string {
	t.Helper()
	var out strings.Builder
	c := &cli{sys: app.System{
		Out: &out, Err: io.Discard, IsTerminal: func(int) bool { return true }, Columns: func(int) int { return width },
		Env: func(name string) (string, bool) {
			if name == "NO_COLOR" && !colour {
				return "1", true
			}
			return "", false
		},
	}}
	root := newRoot(c, nil)
	root.SetArgs(append([]string{"help"}, words...))
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestHelpFitsTheTerminal: every page, at the widths that terminals have, without
// a broken word.
func TestHelpFitsTheTerminal(t *testing.T) {
	seen := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		whole := pageAt(t, 10000, false, words...)
		for _, width := range []int{80, 100, 132} {
			page := pageAt(t, width, false, words...)
			for _, line := range strings.Split(page, "\n") {
				if shown.Width(line) > width {
					t.Errorf("%s at %d: %q", c.CommandPath(), width, line)
				}
			}
			if !slices.Equal(strings.Fields(page), strings.Fields(whole)) {
				t.Errorf("%s at %d has other words than where all fits", c.CommandPath(), width)
			}
		}
		seen++
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&cli{}, nil))
	if seen < 30 {
		t.Errorf("only %d pages were seen", seen)
	}
}

func TestHelpIsColouredByItsHeadings(t *testing.T) {
	if page := pageAt(t, 80, true, "token"); !strings.Contains(page, "\n\x1b[1mFlags:\x1b[0m\n") {
		t.Errorf("%q", page)
	}
	if page := pageAt(t, 80, false, "token"); strings.Contains(page, "\x1b") {
		t.Errorf("%q", page)
	}
}
