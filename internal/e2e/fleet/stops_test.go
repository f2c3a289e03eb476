//go:build e2e

package fleet

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/e2e/program"
)

// stopped is one machine that stops in the middle of a refresh, and what the
// others and the provider see of that. A refresh swaps four times: its claim,
// "sent", the raw answer and the new set.
type stopped struct {
	at    string // where, as a build for tests has it
	early bool   // it goes on before its time is over

	waits string // what of the machine that stopped is respected by the next: claimed, sent or ""
	code  int    // of the next
	// Since the machine began.
	requests, reused int
	lost             bool // the session, which every machine is told with the reason
}

// builds are the program as it is tested here, and as it is released.
type builds struct{ tested, released string }

func build(t *testing.T) builds {
	t.Helper()
	return builds{program.Build(t, "fleettest"), program.Released(t)}
}

// deaf: what stops the one is not even a word in the other.
func (b builds) deaf(t *testing.T, on store) {
	p := newProvider(t, 0)
	a := p.machine(t, b.released, on)
	p.begin(t, a)
	a.Another(t, "AUTHCTL_FLEETTEST=kill=before:1").Must(t, "", p.round(t, 1)...)
	for path, want := range map[string]bool{b.tested: true, b.released: false} {
		text, err := os.ReadFile(path)
		if err != nil || bytes.Contains(text, []byte("AUTHCTL_FLEETTEST")) != want {
			t.Errorf("%s: %v, the variable is in it: %v", path, err, !want)
		}
	}
}

// stops: kill -9, and SIGSTOP past the take-over, at each point.
func (b builds) stops(t *testing.T, on store) {
	t.Helper()
	for name, c := range map[string]stopped{
		"before the claim":                         {at: "before:1", requests: 1},
		"after the claim":                          {at: "after:1", waits: "claimed", requests: 1},
		"after sent, before the request":           {at: "after:2", waits: "sent", requests: 1},
		"after the request, before its answer":     {at: "before:3", waits: "sent", requests: 2, reused: 1, code: 8, lost: true},
		"after the raw answer, before the new set": {at: "after:3", waits: "", requests: 1},
	} {
		for _, signal := range []string{"kill", "stop"} {
			t.Run(map[string]string{"kill": "dies ", "stop": "stops "}[signal]+name, func(t *testing.T) {
				t.Parallel()
				c.run(t, b, on, signal)
			})
		}
	}
	t.Run("stops after the request, and is back in time", func(t *testing.T) {
		t.Parallel()
		stopped{at: "before:3", early: true, waits: "", requests: 1}.run(t, b, on, "stop")
	})
}

// limits are the real ones, or shorter ones with the setting for a build for tests.
func limits() (claimed, sent time.Duration, setting string) {
	if long() {
		return 15 * time.Second, 90 * time.Second, ""
	}
	return 3 * time.Second, 8 * time.Second, "claimed=3s sent=8s "
}

func (c stopped) run(t *testing.T, b builds, on store, signal string) {
	claimed, sent, setting := limits()
	p := newProvider(t, 0)
	next := p.machine(t, b.released, on)
	stops := next.With(t, b.tested, "AUTHCTL_FLEETTEST="+setting+signal+"="+c.at)
	if setting != "" {
		next = next.With(t, b.tested, "AUTHCTL_FLEETTEST="+setting)
	}
	p.begin(t, next)
	before, _ := p.asked(t)
	args := p.round(t, 1)

	holder := start(t, stops, args...)
	holder.halts(t, signal == "stop")
	began := time.Now()
	other := start(t, next, args...)
	if c.early {
		time.Sleep(sent / 3)
		holder.goesOn(t)
	}
	got := other.end(t)
	waited := time.Since(began)
	least := map[string]time.Duration{"claimed": claimed, "sent": sent}[c.waits]
	if got.Code != c.code || waited < least-2*time.Second || least == 0 && !c.early && waited > sent {
		t.Errorf("the next: exit %d after %s, want %d after %s\n%s", got.Code, waited, c.code, least, got.Stderr)
	}
	t.Logf("the next: exit %d after %s %s", got.Code, waited.Round(time.Millisecond), got.Stderr)
	if signal == "stop" {
		if !c.early {
			holder.goesOn(t)
		}
		back := holder.end(t)
		if back.Code != 0 || back.Stdout == "" || !c.lost && back.Stdout != got.Stdout {
			t.Errorf("it came back: exit %d, another token: %v\n%s", back.Code, back.Stdout != got.Stdout, back.Stderr)
		}
		t.Logf("it came back: exit %d %s", back.Code, back.Stderr)
	}
	requests, reused := p.asked(t)
	if requests -= before; requests != c.requests || reused != c.reused {
		t.Errorf("%d requests and %d reuses, want %d and %d", requests, reused, c.requests, c.reused)
	}
	c.afterwards(t, p, next)
}

// afterwards: the session lives on, or whoever asks is told why not.
func (c stopped) afterwards(t *testing.T, p *provider, a *program.Authctl) {
	t.Helper()
	got := a.Run(t, "", p.round(t, 2)...)
	if _, reused := p.asked(t); reused != c.reused {
		t.Errorf("%d reuses", reused)
	}
	switch {
	case !c.lost && got.Code != 0:
		t.Errorf("the session is lost: exit %d\n%s", got.Code, got.Stderr)
	case c.lost && (got.Code != 8 || !strings.Contains(got.Stderr, "an earlier refresh was cut off after it was sent, and its answer is lost")):
		t.Errorf("the session is lost, and nobody says why: exit %d\n%s", got.Code, got.Stderr)
	}
}

// running is a process that can be stopped.
type running struct {
	cmd       *exec.Cmd
	out, errs bytes.Buffer
	done      chan struct{}
}

func start(t *testing.T, a *program.Authctl, args ...string) *running {
	t.Helper()
	r := &running{cmd: a.Command(t, args...), done: make(chan struct{})}
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.errs
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.done)
		_ = r.cmd.Wait()
	}()
	return r
}

// halts waits until the process has stopped or killed itself.
func (r *running) halts(t *testing.T, stopped bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		select {
		case <-r.done:
			if status, ok := r.cmd.ProcessState.Sys().(syscall.WaitStatus); stopped || !ok || status.Signal() != syscall.SIGKILL {
				t.Fatalf("it ended by itself: %s\n%s", r.cmd.ProcessState, r.errs.String())
			}
			return
		default:
		}
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
		if _, state, _ := strings.Cut(string(stat), ") "); stopped && strings.HasPrefix(state, "T") {
			return
		}
	}
	t.Fatal("it does not stop")
}

func (r *running) goesOn(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

func (r *running) end(t *testing.T) program.Result {
	t.Helper()
	<-r.done
	return program.Result{Stdout: r.out.String(), Stderr: r.errs.String(), Code: r.cmd.ProcessState.ExitCode()}
}
