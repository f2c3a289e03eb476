//go:build e2e

package keyring

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

func TestATokenIsAskedForOnceAndKeptSealed(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.unlocked()
	d.setSecret()
	first := d.Must(t, "", "token", "-p", "salus")
	if second := d.Must(t, "", "token", "-p", "salus"); second != first {
		t.Error("the second call gave another token")
	}
	if n := d.requests("salus"); n != 1 {
		t.Errorf("%d requests", n)
	}
	if out := d.Must(t, "", "token", "-p", "salus", "-o", "json"); !strings.Contains(out, `"from_store":true`) {
		t.Error("not from the store")
	}

	found, err := d.tool("secret-tool", "search", "service", "authctl/salus")
	if err != nil || !strings.Contains(found, d.secret(salusSecret)) || !strings.Contains(found, "username = client_secret") {
		t.Errorf("secret-tool does not find the secret: %v", err)
	}
	// Labels are shown by every keyring tool and must not tell.
	for line := range strings.Lines(found) {
		if strings.HasPrefix(line, "label") && strings.Contains(line, d.secret(salusSecret)) {
			t.Error("the label holds the secret")
		}
	}
	d.notInClear(first, d.secret(salusSecret))

	if out := d.Must(t, "", "status"); !strings.Contains(out, "salus") || strings.Contains(out, first) {
		t.Error("status does not list the token, or shows it")
	}
	d.Must(t, "", "logout", "-p", "salus")
	d.Must(t, "", "token", "-p", "salus")
	if n := d.requests("salus"); n != 2 {
		t.Errorf("%d requests after the logout", n)
	}
}

// notInClear reads every file of the home.
func (d *desk) notInClear(values ...string) {
	d.t.Helper()
	seen := map[string]bool{}
	err := filepath.WalkDir(d.Home, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		seen[filepath.Ext(path)] = true
		b, err := os.ReadFile(path)
		for _, v := range values {
			if bytes.Contains(b, []byte(v)) {
				d.t.Errorf("%s holds a secret in clear", path)
			}
		}
		return err
	})
	if err != nil || !seen[".rec"] || !seen[".keyring"] {
		d.t.Errorf("looked at %v: %v", seen, err)
	}
}

func TestAHundredProcessesAskOnce(t *testing.T) {
	for _, kind := range []string{"keyring", "file"} {
		t.Run(kind, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{Latency: 200 * time.Millisecond})
			d.unlocked()
			d.setSecret()
			p := d.with("AUTHCTL_STORE=" + kind)
			const n = 100
			var results [n]program.Result
			var wg sync.WaitGroup
			begin := time.Now()
			for i := range n {
				wg.Go(func() { results[i] = p.Run(t, "", "token", "-p", "salus") })
			}
			wg.Wait()
			t.Logf("%d processes on %s: %s", n, kind, time.Since(begin).Round(time.Millisecond))
			for _, r := range results {
				if r.Code != 0 || r.Stderr != "" || r.Stdout == "" || r.Stdout != results[0].Stdout {
					t.Errorf("exit %d: %s", r.Code, r.Stderr)
					break
				}
			}
			if got := d.requests("salus"); got != 1 {
				t.Errorf("%d requests", got)
			}
		})
	}
}

func TestSingleUseIsNeverKept(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.unlocked()
	d.setSecret()
	single := singleUse(t, d)
	one, two := d.Must(t, "", "token", "-p", single), d.Must(t, "", "token", "-p", single)
	if one == two {
		t.Error("a single-use token was given twice")
	}
	d.Must(t, "", "token", "-p", "salus")
	if out := d.Must(t, "", "status"); strings.Contains(out, single) || !strings.Contains(out, "salus") {
		t.Errorf("status:\n%s", out)
	}
}

// singleUse is the sandbox's profile with token.single_use.
func singleUse(t *testing.T, d *desk) string {
	name := ""
	for line := range strings.Lines(string(d.server.ProfilesYAML())) {
		if rest, ok := strings.CutPrefix(line, "  "); ok && !strings.HasPrefix(rest, " ") {
			name = strings.TrimSuffix(strings.TrimSpace(rest), ":")
		}
		if strings.Contains(line, "single_use: true") || strings.Contains(line, "preset: helseid-legacy") {
			return name
		}
	}
	t.Skip("the sandbox has no single-use profile")
	return ""
}
