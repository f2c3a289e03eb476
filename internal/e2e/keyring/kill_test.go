//go:build e2e

package keyring

import (
	"math/rand/v2"
	"path/filepath"
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
