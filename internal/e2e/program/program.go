//go:build e2e

package program

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Authctl is the built program with a home, a profiles file and a store of its own.
type Authctl struct {
	path string
	Home string
	// Env is what the program sees besides PATH, HOME and the profiles file.
	Env []string
}

// New takes the program of AUTHCTL_E2E_BINARY, or builds it. profiles is the
// text of the profiles file. Tokens are kept in files below Home.
func New(t testing.TB, profiles string) *Authctl {
	t.Helper()
	a := &Authctl{path: os.Getenv("AUTHCTL_E2E_BINARY"), Home: t.TempDir()}
	if a.path == "" {
		a.path = filepath.Join(t.TempDir(), "authctl")
		build := exec.CommandContext(t.Context(), "go", "build", "-o", a.path, "authctl")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	if err := os.WriteFile(a.config(), []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	a.Env = []string{"AUTHCTL_STORE=file"}
	return a
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
