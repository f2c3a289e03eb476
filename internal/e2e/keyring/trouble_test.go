//go:build e2e

package keyring

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

// within calls authctl and checks the deadline; a second try forgives a busy machine.
func (d *desk) within(limit time.Duration, args ...string) program.Result {
	d.t.Helper()
	for try := 0; ; try++ {
		begin := time.Now()
		r := d.Run(d.t, "", args...)
		took := time.Since(begin)
		if took <= limit {
			return r
		}
		if try == 1 {
			d.t.Errorf("authctl %s took %s", strings.Join(args, " "), took)
			return r
		}
	}
}

const deadline = 3500 * time.Millisecond

func TestAFrozenDaemon(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.unlocked()
	d.setSecret()
	d.freeze()
	for _, args := range [][]string{{"token", "-p", "salus"}, {"secret", "list", "-p", "salus"}} {
		d.says(d.within(deadline, args...), 6, "does not answer (waited 3s)", "AUTHCTL_SECRET_SALUS_CLIENT_SECRET")
	}
	// A variable would not remove the item.
	d.says(d.within(deadline, "secret", "delete", "client_secret", "-p", "salus"), 6, "does not answer (waited 3s)")
	d.says(d.Run(t, "", "token", "-p", "salus"), 6, "AUTHCTL_STORE=file")
	// The ways out work at once.
	out := d.with("AUTHCTL_STORE=none", salusSecret+"="+d.secret(salusSecret))
	r := out.within(2*time.Second, "token", "-p", "salus")
	if r.Code != 0 || r.Stdout == "" || r.Stderr != "" {
		t.Errorf("AUTHCTL_STORE=none: exit %d: %s", r.Code, r.Stderr)
	}
}

func TestAFrozenDaemonWithATokenKept(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.unlocked()
	d.setSecret()
	d.Must(t, "", "token", "-p", "salus")
	d.freeze()
	d.says(d.within(deadline, "token", "-p", "salus"), 6, "the key of the token store could not be read", "AUTHCTL_STORE=none")
	d.says(d.within(deadline, "status"), 6, "does not answer")
}

func TestALockedCollection(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.unlocked()
	d.setSecret()
	kept := d.Must(t, "", "token", "-p", "salus")

	d.locked()
	d.says(d.within(deadline, "token", "-p", "salus"), 6, "the OS keyring is locked", "unlock it", "AUTHCTL_STORE=none")
	d.says(d.within(deadline, "secret", "list", "-p", "salus"), 6, "the OS keyring is locked", salusSecret)

	d.unlocked()
	if again := d.Must(t, "", "token", "-p", "salus"); again != kept || d.requests("salus") != 1 {
		t.Error("the kept token is lost")
	}
}

func TestABusWithoutASecretService(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	p := d.with(salusSecret + "=" + d.secret(salusSecret))
	r := p.within(deadline, "token", "-p", "salus")
	if r.Code != 0 || r.Stdout == "" || strings.Count(r.Stderr, "\n") > 1 {
		t.Errorf("exit %d: %s", r.Code, r.Stderr)
	}
	d.says(d.within(deadline, "token", "-p", "salus"), 6, salusSecret)
}

// TestNoBus: nothing is started behind the user's back. Without an address
// the D-Bus library would run dbus-launch, which leaves a daemon behind.
func TestNoBus(t *testing.T) {
	if _, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()), "bus")); err == nil {
		t.Skip("this machine has a session bus of its own")
	}
	d := newDesk(t, sandbox.Options{})
	tools := filepath.Join(d.Home, "tools")
	launched := filepath.Join(d.Home, "launched")
	if err := os.Mkdir(tools, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tools, "dbus-launch"), []byte("#!/bin/sh\ntouch "+launched+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.Env = []string{"PATH=" + tools + ":" + os.Getenv("PATH")}
	before := processes(t)

	r := d.with(salusSecret+"="+d.secret(salusSecret)).Run(t, "", "token", "-p", "salus")
	if r.Code != 0 || r.Stdout == "" || strings.Count(r.Stderr, "\n") != 1 || !strings.Contains(r.Stderr, "the token is not kept") {
		t.Errorf("exit %d: %s", r.Code, r.Stderr)
	}
	d.says(d.with("AUTHCTL_STORE=keyring").Run(t, "", "token", "-p", "salus"), 6, "no OS keyring to talk to", "AUTHCTL_STORE=none")
	d.says(d.Run(t, "x", "secret", "set", "client_secret", "-p", "salus"), 6, "no OS keyring to talk to", salusSecret)
	d.says(d.with("DBUS_SESSION_BUS_ADDRESS=autolaunch:").Run(t, "", "secret", "list", "-p", "salus"), 6, "no OS keyring to talk to")

	if _, err := os.Stat(launched); err == nil {
		t.Error("dbus-launch was called")
	}
	for pid, name := range processes(t) {
		if _, old := before[pid]; !old && (strings.Contains(name, "dbus") || strings.Contains(name, "keyring")) {
			t.Errorf("process %s (%s) was left behind", pid, name)
		}
	}
}

// processes are all of this machine, by id.
func processes(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	found, err := filepath.Glob("/proc/[0-9]*/comm")
	if err != nil || len(found) == 0 {
		t.Fatal("no processes are listed")
	}
	for _, f := range found {
		name, _ := os.ReadFile(f)
		all[filepath.Base(filepath.Dir(f))] = strings.TrimSpace(string(name))
	}
	return all
}
