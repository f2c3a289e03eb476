package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// limit bounds one run of tests. A guard whose removal makes them hang is noticed.
const limit = 2 * time.Minute

// verdict is what became of one removed guard.
type verdict struct {
	noticed bool
	text    string // which tests noticed, or what is wrong
}

// try removes the guard in the copy below tree, runs the tests and puts the
// guard back.
func (m mutant) try(ctx context.Context, tree string) verdict {
	at := filepath.Join(tree, filepath.FromSlash(m.file))
	text, err := os.ReadFile(at)
	if err != nil {
		return verdict{text: "WRONG: " + err.Error()}
	}
	changed, err := m.without(string(text))
	if err != nil {
		return verdict{text: "WRONG: " + err.Error()}
	}
	if err := os.WriteFile(at, []byte(changed), 0o600); err != nil {
		return verdict{text: "WRONG: " + err.Error()}
	}
	v := m.judge(ctx, tree)
	if err := os.WriteFile(at, text, 0o600); err != nil {
		return verdict{text: "WRONG: " + err.Error()}
	}
	return v
}

func (m mutant) judge(ctx context.Context, tree string) verdict {
	own := "./" + path.Dir(m.file)
	if out, err := goTool(ctx, tree, "build", "-o", os.DevNull, own); err != nil {
		return verdict{text: "WRONG: it does not compile: " + firstLine(out)}
	}
	var by []string
	for _, s := range m.by {
		failed, err := s.run(ctx, tree)
		if err != nil {
			return verdict{text: "WRONG: " + err.Error()}
		}
		by = append(by, failed...)
	}
	if len(by) > 0 {
		return verdict{true, strings.Join(by, ", ")}
	}
	failed, err := suite{pkg: own}.run(ctx, tree)
	switch {
	case err != nil:
		return verdict{text: "WRONG: " + err.Error()}
	case len(failed) > 0: // a test of the table does not hold what it says
		return verdict{text: "WRONG TESTS NAMED: " + strings.Join(failed, ", ")}
	default:
		return verdict{text: "NOT NOTICED"}
	}
}

// run gives the tests that failed, of all in the package when none is named.
func (s suite) run(ctx context.Context, tree string) ([]string, error) {
	args := []string{"test", "-count=1", "-vet=off", "-timeout", limit.String()}
	if len(s.tests) > 0 {
		args = append(args, "-run", pattern(s.tests))
	}
	out, err := goTool(ctx, tree, append(args, "./"+strings.TrimPrefix(s.pkg, "./"))...)
	if err == nil {
		if bytes.Contains(out, []byte("[no tests to run]")) {
			return nil, errors.New("no such test: " + strings.Join(s.tests, ", "))
		}
		return nil, nil
	}
	if bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")) {
		return nil, errors.New("the tests do not compile: " + firstLine(out))
	}
	if failed := failures(out); len(failed) > 0 {
		return failed, nil
	}
	return []string{s.pkg + " (" + firstLine(out) + ")"}, nil // a panic, or the time was up
}

// pattern is the -run of those tests, each to the character.
func pattern(tests []string) string {
	var all []string
	for _, t := range tests {
		all = append(all, "^"+strings.ReplaceAll(t, "/", "$/^")+"$")
	}
	return strings.Join(all, "|")
}

// failures are the tests that go test says failed; of scripts, which.
func failures(out []byte) []string {
	var names []string
	for _, f := range regexp.MustCompile(`(?m)^\s*--- FAIL: (TestScripts/[\w-]+|(?:Test|Fuzz)\w+)`).FindAllSubmatch(out, -1) {
		names = append(names, string(f[1]))
	}
	if len(names) > 1 {
		names = slices.DeleteFunc(names, func(n string) bool { return n == "TestScripts" })
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func firstLine(out []byte) string {
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return strings.ReplaceAll(line, "|", "/")
		}
	}
	return "no output"
}

// goTool runs go in the copy. It gives the tests a minute beyond their limit to
// compile and to say where they hang.
func goTool(ctx context.Context, tree string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*limit)
	defer cancel()
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = tree
	c.WaitDelay = time.Second
	return c.CombinedOutput()
}

// copyTracked copies what git tracks, as it stands now, and what it would.
func copyTracked(ctx context.Context, to string) error {
	list, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		info, err := os.Lstat(name)
		if errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue // removed, and not committed yet
		}
		if err != nil {
			return err
		}
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		at := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(at, body, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return nil
}
