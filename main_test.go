//go:build linux

package main

import (
	"os"
	"os/exec"
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
