package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// atRoot makes the root folder the working folder, as for the program.
func atRoot(t *testing.T) {
	t.Helper()
	t.Chdir("../..")
}

// TestEveryGuardIsThere: code moves; a pattern that no longer stands there, or
// stands there twice, removes nothing that anyone meant.
func TestEveryGuardIsThere(t *testing.T) {
	atRoot(t)
	all, err := readTable(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range all.mutants {
		if seen[m.id] {
			t.Errorf("%s stands there twice", m.id)
		}
		seen[m.id] = true
		text, err := os.ReadFile(m.file)
		if err != nil {
			t.Errorf("%s: %v", m.id, err)
			continue
		}
		if _, err := m.without(string(text)); err != nil {
			t.Errorf("%s: %v", m.id, err)
		}
		for _, s := range m.by {
			for _, name := range s.tests {
				if !declares(t, s.pkg, name) {
					t.Errorf("%s: %s has no %s", m.id, s.pkg, name)
				}
			}
		}
	}
}

// declares says whether a package has the test or the script.
func declares(t *testing.T, pkg, name string) bool {
	t.Helper()
	if script, ok := strings.CutPrefix(name, "TestScripts/"); ok {
		_, err := os.Stat(filepath.Join(pkg, "testdata", "script", script+".txtar"))
		return err == nil
	}
	files, err := filepath.Glob(filepath.Join(pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "\nfunc "+name+"(")
	})
}

// TestEveryThreatHasAGuard: each row of docs/threats.md has one, which a test
// of that row notices, or a reason why not.
func TestEveryThreatHasAGuard(t *testing.T) {
	atRoot(t)
	all, err := readTable(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("docs/threats.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[int]string{}
	for _, r := range regexp.MustCompile(`(?m)^\| (\d+) \|.*$`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(r[1])
		rows[n] = r[0]
	}
	guards := map[int]int{}
	for _, m := range all.mutants {
		guards[m.row]++
		for _, s := range m.by {
			for _, name := range s.tests {
				if !strings.Contains(rows[m.row], "`"+name+"`") {
					t.Errorf("%s: row %d does not name %s", m.id, m.row, name)
				}
			}
		}
	}
	for n := range rows {
		_, excused := all.without[n]
		if (guards[n] == 0) != excused {
			t.Errorf("row %d has %d guards; excused: %t", n, guards[n], excused)
		}
	}
}

// TestTheProgramTellsOneFromAnother removes guards from a small module.
func TestTheProgramTellsOneFromAnother(t *testing.T) {
	tree := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module small\n\ngo 1.24\n",
		"a/a.go":      "package a\n\nfunc Even(n int) bool { return n%2 == 0 }\n\nfunc Any() int { return 1 }\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestEven(t *testing.T) {\n\tif Even(1) {\n\t\tt.Error(\"1\")\n\t}\n}\n\nfunc TestNothing(*testing.T) {}\n",
	} {
		at := filepath.Join(tree, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	even, nothing := []suite{{"a", []string{"TestEven"}}}, []suite{{"a", []string{"TestNothing"}}}
	tests := map[string]struct {
		m       mutant
		noticed bool
		want    string
	}{
		"noticed":              {mutant{old: "n%2 == 0", new: "true", by: even}, true, "TestEven"},
		"not noticed":          {mutant{old: "return 1", new: "return 2", by: even}, false, "NOT NOTICED"},
		"by another test":      {mutant{old: "n%2 == 0", new: "true", by: nothing}, false, "WRONG TESTS NAMED: TestEven"},
		"does not compile":     {mutant{old: "n%2 == 0", new: "n", by: even}, false, "WRONG: it does not compile"},
		"stands there twice":   {mutant{old: "return", new: "", by: even}, false, "WRONG: its old text stands 2 times"},
		"stands there no more": {mutant{old: "n%3", new: "", by: even}, false, "WRONG: its old text stands 0 times"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.m.file = "a/a.go"
			v := tt.m.try(t.Context(), tree)
			if v.noticed != tt.noticed || !strings.HasPrefix(v.text, tt.want) {
				t.Errorf("got %t, %s", v.noticed, v.text)
			}
		})
	}
}

// TestTheReportIsOfThisTable: every guard has its line in the report, and no other.
func TestTheReportIsOfThisTable(t *testing.T) {
	atRoot(t)
	all, err := readTable(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("docs/threats-mutants.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, r := range regexp.MustCompile(`(?m)^\| \d+ \| (\S+) \|.*$`).FindAllStringSubmatch(string(text), -1) {
		told[r[1]] = r[0]
	}
	for _, m := range all.mutants {
		if !strings.HasPrefix(told[m.id], strings.TrimSuffix(m.line(""), " |")) {
			t.Errorf("%s has no line in docs/threats-mutants.md, or another's: make mutants MUTANTS=%s", m.id, m.id)
		}
		delete(told, m.id)
	}
	for id := range told {
		t.Errorf("docs/threats-mutants.md tells of %s, which is not in the table", id)
	}
}
