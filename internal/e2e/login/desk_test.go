//go:build e2e

package login

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

// desk is authctl on a machine whose $BROWSER writes down what it should open.
type desk struct {
	*program.Authctl
	opened string
}

func newDesk(t *testing.T, profiles string) *desk {
	t.Helper()
	d := &desk{Authctl: program.New(t, profiles)}
	d.opened = filepath.Join(d.Home, "opened")
	script := filepath.Join(d.Home, "browser.sh")
	text := fmt.Sprintf("#!/bin/sh\n[ $# = 1 ] && printf '%%s\\n' \"$1\" > '%[1]s.new' && env > '%[1]s.env' && mv '%[1]s.new' '%[1]s'\n", d.opened)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	d.Env = append(d.Env, "BROWSER="+script)
	return d
}

// sandboxed is a desk with the sandbox's profiles and secrets.
func sandboxed(t *testing.T, o sandbox.Options) (*desk, *sandbox.Sandbox) {
	t.Helper()
	o.Rand, o.Now = rand.Reader, time.Now
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := newDesk(t, string(s.ProfilesYAML()))
	for name, value := range s.Env() {
		if strings.HasPrefix(name, "AUTHCTL_SECRET_") {
			d.Env = append(d.Env, name+"="+value)
		}
	}
	return d, s
}

// running is a login that waits for its person.
type running struct {
	t              *testing.T
	cmd            *exec.Cmd
	stdout, stderr lockedBuffer
	done           chan struct{}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (d *desk) start(t *testing.T, args ...string) *running {
	t.Helper()
	_ = os.Remove(d.opened)
	r := &running{t: t, cmd: d.Command(t, args...), done: make(chan struct{})}
	r.cmd.Stdout, r.cmd.Stderr = &r.stdout, &r.stderr
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait()
		close(r.done)
	}()
	return r
}

// address waits for what $BROWSER was given.
func (d *desk) address(r *running) string {
	r.t.Helper()
	for until := time.Now().Add(15 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if raw, err := os.ReadFile(d.opened); err == nil {
			return strings.TrimSpace(string(raw))
		}
		select {
		case <-r.done:
			r.t.Fatalf("ended with exit %d before the browser was opened\n%s", r.cmd.ProcessState.ExitCode(), &r.stderr)
		default:
		}
	}
	r.t.Fatalf("no browser was opened\n%s", &r.stderr)
	return ""
}

// end waits for the process and checks its exit code; it returns stdout.
func (r *running) end(code int) string {
	r.t.Helper()
	select {
	case <-r.done:
	case <-time.After(30 * time.Second):
		r.t.Fatalf("it did not end\n%s", &r.stderr)
	}
	got := r.cmd.ProcessState.ExitCode()
	if got != code || (code == 0) != (r.stdout.String() != "") {
		r.t.Fatalf("exit %d, wanted %d; %d bytes on stdout\n%s", got, code, len(r.stdout.String()), &r.stderr)
	}
	return strings.TrimSuffix(r.stdout.String(), "\n")
}

// records counts what the store keeps.
func (d *desk) records() int {
	n := 0
	_ = filepath.WalkDir(filepath.Join(d.Home, ".local", "state", "authctl", "records"), func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return nil
	})
	return n
}
