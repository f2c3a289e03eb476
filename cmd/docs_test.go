package cmd_test

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

// block is one fenced block of a page.
type block struct{ heading, kind, language, text string }

// elsewhere are the tests that run blocks which need what only they have. Each
// names the page that it reads.
func elsewhere() map[string]string {
	return map[string]string{
		"openbao":    "../internal/e2e/openbao/openbao_test.go",
		"kubernetes": "../internal/e2e/kubernetes/kubernetes_test.go",
		"softhsm":    "../internal/e2e/softhsm/softhsm_test.go",
		"tpm":        "../internal/e2e/tpm/tpm_test.go",
		"transit":    "../internal/e2e/openbao/transit_test.go",
	}
}

// notRun says why no test runs a block.
func notRun() map[string]string {
	return map[string]string{
		"ci-system": "needs GitLab's or GitHub's own JWT and an engine that trusts it; internal/e2e/openbao logs in with a JWT of its own",
		"engine":    "needs an engine that machines share: internal/e2e/fleet has sessions on one",
		"cluster":   "kubectl's own commands, which need a cluster",
		"windows":   "needs cmd or PowerShell on Windows",
		"installs":  "installs into the system: scripts/package tests what is installed",
	}
}

// pagesBox is the sandbox of pages and examples; without a shell and curl they are skipped.
func pagesBox(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil || runtime.GOOS == "windows" {
		t.Skip("the pages are for a shell of Unix and curl")
	}
	box, err := sandbox.Start(t.Context(), sandbox.Options{Now: time.Now, Rand: rand.Reader, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	return box
}

// TestDocs tries every fenced block of README.md and docs/*.md as it stands
// there, the steps of a page in their order, in a place without keyring, D-Bus,
// terminal and HOME. A block that no test runs fails, unless notRun has its reason.
func TestDocs(t *testing.T) {
	box := pagesBox(t)
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	used := map[string]bool{}
	t.Run("pages", func(t *testing.T) {
		for _, path := range append(pages, "../README.md") {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all := blocks(string(text))
			for _, b := range all {
				used[b.kind] = true
			}
			page := strings.TrimPrefix(path, "../")
			t.Run(page, func(t *testing.T) {
				t.Parallel()
				tryPage(t, box, page, all)
			})
		}
	})
	for _, kind := range slices.Concat(slices.Collect(maps.Keys(recipeKinds())), slices.Collect(maps.Keys(elsewhere())), slices.Collect(maps.Keys(notRun()))) {
		if !used[kind] {
			t.Errorf("no block is of the kind %s", kind)
		}
	}
}

func tryPage(t *testing.T, box *sandbox.Sandbox, page string, all []block) {
	k := newPage(t, box, page)
	for _, b := range all {
		t.Run(b.heading, func(t *testing.T) { k.block(t, box, page, b) })
	}
	for _, want := range k.want {
		if !strings.Contains(k.out, want) {
			t.Errorf("the page's steps never print %q", want)
		}
	}
}

// block tries one block: as its kind says, else as its language does.
func (k *kitchen) block(t *testing.T, box *sandbox.Sandbox, page string, b block) {
	k.t = t
	try, own := recipeKinds()[b.kind]
	file, there := elsewhere()[b.kind]
	_, reasoned := notRun()[b.kind]
	switch {
	case own:
		try(newKitchen(t, box), b)
	case there:
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), page) {
			t.Errorf("%s does not read %s: %v", file, page, err)
		}
	case reasoned:
	case b.kind != "":
		t.Errorf("nobody knows the kind %q", b.kind)
	case b.language == "sh":
		k.steps(page, b)
	case b.language == "yaml":
		k.profile(b)
	case b.language == "json":
		if !json.Valid([]byte(b.text)) {
			t.Errorf("this is no JSON: %s", b.text)
		}
	case b.language == "mermaid": // is drawn by internal/gen
	case b.language != "": // without a language it is what is printed, or seen
		t.Errorf("no test runs this block of %s", b.language)
	}
}

// blocks finds the fenced blocks and the `<!-- test: KIND -->` before each.
func blocks(text string) []block {
	var all []block
	var b block
	inside := false
	for line := range strings.Lines(text) {
		fence, ok := strings.CutPrefix(strings.TrimSpace(line), "```") // a list's are indented
		switch {
		case ok && inside:
			all = append(all, b)
			inside, b.kind, b.text = false, "", ""
		case ok:
			inside, b.language = true, fence
		case inside:
			b.text += line
		case strings.HasPrefix(line, "#"):
			b.heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
		case strings.HasPrefix(line, "<!-- test: "):
			b.kind = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "<!-- test: "), " -->")
		}
	}
	return all
}
