//go:build e2e

package keyring

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

// TestKilledAtAnyMoment: a process that ends by SIGKILL leaves every record
// readable and no lock behind.
func TestKilledAtAnyMoment(t *testing.T) {
	for _, kind := range []string{"keyring", "file"} {
		t.Run(kind, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{})
			d.unlocked()
			d.setSecret()
			p := d.with("AUTHCTL_STORE=" + kind)
			p.Must(t, "", "token", "-p", "salus")
			span := p.usual("token", "-p", "salus", "--force")
			killed := 0
			for range 300 {
				cmd := p.Command(t, "token", "-p", "salus", "--force")
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rand.Int64N(int64(span))))
				_ = cmd.Process.Kill()
				if cmd.Wait() != nil {
					killed++
				}
				r := p.Run(t, "", "token", "-p", "salus")
				if r.Code != 0 || r.Stdout == "" || r.Stderr != "" {
					t.Fatalf("after %d kills: exit %d: %s", killed, r.Code, r.Stderr)
				}
			}
			if killed < 100 {
				t.Errorf("only %d of 300 were killed before their end", killed)
			}
			bad, _ := filepath.Glob(filepath.Join(d.Home, ".local/state/authctl/records/*/*.bad"))
			half, _ := filepath.Glob(filepath.Join(d.Home, ".local/state/authctl/records/*/*.tmp-*"))
			if len(bad) != 0 {
				t.Errorf("records were set aside: %v", bad)
			}
			t.Logf("%s: %d killed within %s, %d writes cut off", kind, killed, span, len(half))
		})
	}
}

// TestKilledAtEachStepOfAWrite ends the process as it enters each system call
// that writes: the sealing key's file and the record's, from nothing and over
// an older record.
func TestKilledAtEachStepOfAWrite(t *testing.T) {
	needs(t, "strace")
	for _, before := range []string{"nothing kept", "an older record"} {
		for _, call := range []string{"/mkdir", "/^fsync", "/rename", "flock"} {
			t.Run(before+"/"+strings.Trim(call, "/^"), func(t *testing.T) {
				killed := 0
				for step := 1; ; step++ {
					d := newDesk(t, sandbox.Options{})
					d.Env = append(d.Env, "AUTHCTL_STORE=file", salusSecret+"="+d.secret(salusSecret))
					if before != "nothing kept" {
						d.Must(t, "", "token", "-p", "salus")
					}
					if !d.killedAt(call, step) {
						break // there are no more
					}
					killed++
					for _, args := range [][]string{{"token", "-p", "salus"}, {"status", "-q"}, {"token", "-p", "salus", "--force"}} {
						if r := d.Run(t, "", args...); r.Code != 0 || r.Stderr != "" {
							t.Errorf("%s %d, then %v: exit %d: %s", call, step, args, r.Code, r.Stderr)
						}
					}
				}
				if killed == 0 && (before == "nothing kept" || call != "/mkdir") {
					t.Error("no run was killed: the test shows nothing")
				}
			})
		}
	}
}

// killedAt runs `token --force` until it enters the named call for the n-th time; false if it ended before.
func (d *desk) killedAt(call string, n int) bool {
	d.t.Helper()
	plain := d.Command(d.t, "token", "-p", "salus", "--force")
	inject := fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n)
	cmd := exec.CommandContext(d.t.Context(), "strace", append([]string{"-f", "-o", "/dev/null", "-e", inject}, plain.Args...)...)
	cmd.Args[len(cmd.Args)-len(plain.Args)] = plain.Path
	cmd.Env, cmd.Dir = plain.Env, plain.Dir
	cmd.Stderr = new(bytes.Buffer)
	err := cmd.Run()
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case err == nil:
		return false
	case !status.Signaled() || status.Signal() != syscall.SIGKILL: // strace ends as its child did
		d.t.Skipf("strace cannot do it here: %v %s", err, cmd.Stderr)
	}
	return true
}

// usual is how long the call takes, a little more than the median of a few.
func (d *desk) usual(args ...string) time.Duration {
	var least time.Duration
	for range 5 {
		begin := time.Now()
		d.Must(d.t, "", args...)
		if took := time.Since(begin); least == 0 || took < least {
			least = took
		}
	}
	return least * 5 / 4
}
