package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list -json` says of one package.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func (p pkg) folder() string { return strings.TrimPrefix(p.ImportPath, "authctl/") }

// module lists the packages of this module as the go command sees them, every
// build tag's e2e files included.
func module(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags", "e2e", "-json=ImportPath,Imports,TestImports,XTestImports", "authctl/...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 10 {
		t.Fatalf("go list found only %d packages", len(list))
	}
	return list
}

func within(folder string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return folder == root || strings.HasPrefix(folder, root+"/")
	})
}

// rank is the layer of a folder of this module; ok is false for one that has none.
func rank(folder string) (int, bool) {
	switch {
	case folder == "authctl":
		return len(Layers()) + 1, true
	case within(folder, []string{"cmd"}):
		return len(Layers()), true
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(folder, "internal/"), "/")
	for i, layer := range Layers() {
		if slices.Contains(layer, name) {
			return i, true
		}
	}
	return 0, false
}

// breaks says what is wrong with from importing to, "" if nothing is.
func breaks(from, to string) string {
	if within(to, apart()) && !within(from, apart()) {
		return "is a program or test of its own"
	}
	if within(from, apart()) {
		return ""
	}
	lower, ok := rank(to)
	if !ok {
		return "has no line in Layers()"
	}
	upper, ok := rank(from)
	switch {
	case !ok:
		return "is imported by a package that has no line in Layers()"
	case sameRoom(from, to):
		return ""
	case lower == upper:
		return "is beside it"
	case lower > upper:
		return "is above it"
	}
	return ""
}

// sameRoom: a room's own subpackages may know each other.
func sameRoom(a, b string) bool {
	a, b = strings.TrimPrefix(a, "internal/"), strings.TrimPrefix(b, "internal/")
	a, _, _ = strings.Cut(a, "/")
	b, _, _ = strings.Cut(b, "/")
	return a == b
}

func TestImportsPointDown(t *testing.T) {
	for _, p := range module(t) {
		if _, ok := rank(p.folder()); !ok && !within(p.folder(), apart()) {
			t.Errorf("%s has no line in Layers()", p.folder())
		}
		for _, to := range p.Imports {
			if !strings.HasPrefix(to, "authctl/") {
				continue
			}
			if why := breaks(p.folder(), strings.TrimPrefix(to, "authctl/")); why != "" {
				t.Errorf("%s imports %s, which %s", p.ImportPath, to, why)
			}
		}
	}
}

func TestEachLibraryHasItsDoor(t *testing.T) {
	used := map[string]bool{}
	for _, p := range module(t) {
		for _, to := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for library, homes := range doors() {
				if to != library && !strings.HasPrefix(to, library+"/") {
					continue
				}
				used[library] = true
				if !within(p.folder(), homes) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, to, homes)
				}
			}
		}
	}
	if !used["github.com/spf13/cobra"] || !used["github.com/golang-jwt/jwt/v5"] {
		t.Error("the libraries were not seen: the test looks at the wrong thing")
	}
}

// TestTheRulesRefuse breaks each rule once.
func TestTheRulesRefuse(t *testing.T) {
	for _, c := range []struct{ from, to, why string }{
		{"internal/fault", "internal/token", "is above it"},
		{"internal/grant", "internal/clientauth", "is beside it"},
		{"internal/app", "cmd", "is above it"},
		{"cmd", "internal/gen", "is a program or test of its own"},
		{"cmd", "internal/util", "has no line in Layers()"},
		{"internal/acquire", "internal/grant", ""},
		{"internal/sandbox", "internal/sandbox/klg", ""},
		{"internal/e2e/keycloak", "internal/sandbox", ""},
		{"authctl", "cmd", ""},
	} {
		if got := breaks(c.from, c.to); got != c.why {
			t.Errorf("%s imports %s: %q, want %q", c.from, c.to, got, c.why)
		}
	}
}

func TestTheProgramUsesNoTemplates(t *testing.T) {
	for _, p := range module(t) {
		for _, to := range p.Imports {
			if slices.Contains(unlinked(), to) && !within(p.folder(), apart()) {
				t.Errorf("%s imports %s, which makes the program 3 MB larger", p.ImportPath, to)
			}
		}
	}
}
