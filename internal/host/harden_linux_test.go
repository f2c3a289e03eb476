package host_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"authctl/internal/host"
)

// The process itself is changed for good, so a child of the test does it.
func TestHarden(t *testing.T) {
	if os.Getenv("AUTHCTL_TEST_HARDEN") == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHarden$", "-test.v")
		cmd.Env = append(os.Environ(), "AUTHCTL_TEST_HARDEN=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "hardened") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	host.Harden()
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil || core.Cur != 0 || core.Max != 0 {
		t.Errorf("core files: %+v, %v", core, err)
	}
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 0 {
		t.Errorf("dumpable %d, %v", dumpable, err)
	}
	t.Log("hardened")
}
