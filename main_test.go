//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets the tests start the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("AUTHCTL_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// docs/threats.md 43: the program makes itself hard before all else. What it
// starts inherits the limit on core files and shows it.
func TestTheProgramIsHardened(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit.Max == 0 {
		t.Skip("core files are off here already")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -S -c "$(ulimit -H -c)"; exec "$0" sandbox -- sh -c 'ulimit -S -c; ulimit -H -c'`, os.Args[0])
	cmd.Env = append(os.Environ(), "AUTHCTL_TEST_MAIN=1", "HOME="+t.TempDir())
	out, err := cmd.Output()
	if err != nil || strings.TrimSpace(string(out)) != "0\n0" {
		t.Errorf("%v: the limits are %q", err, out)
	}
}

// docs/threats.md 43, as another process sees it: what PR_SET_DUMPABLE took away
// belongs to root in /proc, also the environment and the memory (proc(5)). Root
// sees no difference, so it lets somebody else try.
func TestNoOtherProcessLooksInside(t *testing.T) {
	folder := t.TempDir()
	program := folder + "/authctl"
	cmd := exec.CommandContext(t.Context(), program, "sandbox", "--", "sh", "-c", `stat -c %u /proc/$PPID/mem /proc/$$/mem`)
	cmd.Env = append(os.Environ(), "AUTHCTL_TEST_MAIN=1", "HOME="+folder)
	cmd.Dir = "/"
	uid := os.Geteuid()
	if uid == 0 {
		uid = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if err := errors.Join(copyFile(program, os.Args[0]), os.Chmod(folder, 0o755), os.Chmod(filepath.Dir(folder), 0o755)); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.Output()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) { // user_namespaces(7)
		t.Skip("nobody else to be: ", err)
	}
	if want := fmt.Sprintf("0\n%d", uid); err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("%v: the owners of program and child are %q, want %q", err, out, want)
	}
}

func copyFile(to, from string) error {
	body, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, body, 0o755) //nolint:gosec // somebody else runs it
}
