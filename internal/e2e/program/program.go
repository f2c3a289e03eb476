//go:build e2e

package program

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Authctl is the built program with a home, a profiles file and a store of its own.
type Authctl struct {
	path, profiles string
	Home           string
	// Env is what the program sees besides PATH, HOME and the profiles file.
	Env []string
}

// New takes the program of Released. profiles is the text of the profiles file. Tokens are kept in files below Home.
func New(t testing.TB, profiles string) *Authctl {
	t.Helper()
	return At(t, Released(t), profiles)
}

// Released is the program of AUTHCTL_E2E_BINARY, or one that is built now.
func Released(t testing.TB) (path string) {
	t.Helper()
	if path = os.Getenv("AUTHCTL_E2E_BINARY"); path == "" {
		path = Build(t, "")
	}
	return path
}

// At is New with the program at path.
func At(t testing.TB, path, profiles string) *Authctl {
	t.Helper()
	a := &Authctl{path: path, profiles: profiles, Home: t.TempDir(), Env: []string{"AUTHCTL_STORE=file"}}
	if err := os.WriteFile(a.config(), []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// Build builds the program with build tags.
func Build(t testing.TB, tags string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "authctl")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", path, "authctl")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// Another is the same program with the same profiles on another machine: its home
// is its own. env is added to what it sees.
func (a *Authctl) Another(t testing.TB, env ...string) *Authctl {
	t.Helper()
	return a.With(t, a.path, env...)
}

// With is Another with the program at path.
func (a *Authctl) With(t testing.TB, path string, env ...string) *Authctl {
	t.Helper()
	other := At(t, path, a.profiles)
	other.Env = append(slices.Clone(a.Env), env...)
	return other
}

func (a *Authctl) config() string { return filepath.Join(a.Home, "profiles.yaml") }

// Command is a call that has not started.
func (a *Authctl) Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), a.path, args...)
	cmd.Dir = a.Home
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + a.Home, "AUTHCTL_CONFIG=" + a.config(),
	}, a.Env...)
	return cmd
}

// Result is what one call left behind.
type Result struct {
	Stdout, Stderr string
	Code           int
}

// Run calls authctl with stdin and returns what it said, whatever its exit code.
func (a *Authctl) Run(t testing.TB, stdin string, args ...string) Result {
	t.Helper()
	cmd := a.Command(t, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// Must is Run for a call that has to succeed; it returns stdout without its last newline.
func (a *Authctl) Must(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	r := a.Run(t, stdin, args...)
	if r.Code != 0 || r.Stdout == "" {
		t.Fatalf("authctl %s: exit %d, %d bytes on stdout\n%s", strings.Join(args, " "), r.Code, len(r.Stdout), r.Stderr)
	}
	return strings.TrimSuffix(r.Stdout, "\n")
}
