//go:build e2e

package session

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

const processes = 100

// fixture is a sandbox and the program on its profiles.
type fixture struct {
	*program.Authctl
	url string
}

func newFixture(t *testing.T, latency time.Duration) *fixture {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Latency: latency, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &fixture{program.New(t, string(s.ProfilesYAML())), s.URL}
}

// round makes the kept access token stale without waiting: each round the
// server grants a longer life, and the processes ask for more than the last
// one has left.
type round int

func (r round) life() time.Duration { return time.Duration(r+1) * 1000 * time.Second }
func (r round) minTTL() string      { return (r.life() - 500*time.Second).String() }

func (b *fixture) begin(t *testing.T, r round) {
	t.Helper()
	b.post(t, fmt.Sprintf("/_sandbox/expires_in?seconds=%d", int(r.life().Seconds())))
}

func (b *fixture) post(t *testing.T, path string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.send(t, req)
}

func (b *fixture) send(t *testing.T, req *http.Request) []byte {
	t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s: %d, %v", req.URL, resp.StatusCode, err)
	}
	return body
}

// asked is how many token requests the provider has seen.
func (b *fixture) asked(t *testing.T) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/_sandbox/requests", nil)
	if err != nil {
		t.Fatal(err)
	}
	var counts struct {
		Token map[string]int `json:"token_requests"`
	}
	if err := json.Unmarshal(b.send(t, req), &counts); err != nil {
		t.Fatal(err)
	}
	return counts.Token["klg"]
}

func (b *fixture) exchange(t *testing.T) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/klg/sts/assertion", nil)
	if err != nil {
		t.Fatal(err)
	}
	b.Must(t, string(b.send(t, req)), "exchange", "-p", "klg-service", "--subject-token", "-", "--force")
}

// outcome is one process.
type outcome struct {
	stdout, stderr string
	code           int
	killed         bool
}

// crowd starts n processes at once; victim says which are killed, and when.
func (b *fixture) crowd(t *testing.T, n int, minTTL string, victim func(i int) (time.Duration, bool)) []outcome {
	t.Helper()
	return b.throng(t, n, func(int) []string { return []string{"token", "-p", "klg-service", "--min-ttl", minTTL} }, victim)
}

// throng is crowd with what each process is asked for.
func (b *fixture) throng(t *testing.T, n int, args func(i int) []string, victim func(i int) (time.Duration, bool)) []outcome {
	t.Helper()
	outcomes := make([]outcome, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { outcomes[i] = b.run(t, i, args(i), victim) })
	}
	wg.Wait()
	return outcomes
}

func (b *fixture) one(t *testing.T, minTTL string, i int, victim func(int) (time.Duration, bool)) outcome {
	return b.run(t, i, []string{"token", "-p", "klg-service", "--min-ttl", minTTL}, victim)
}

func (b *fixture) run(t *testing.T, i int, args []string, victim func(int) (time.Duration, bool)) outcome {
	var out, errs bytes.Buffer
	cmd := b.Command(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return outcome{}
	}
	after, killed := victim(i)
	if killed {
		time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	}
	if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
		t.Error(err)
	}
	return outcome{out.String(), errs.String(), cmd.ProcessState.ExitCode(), killed}
}

func nobody(int) (time.Duration, bool) { return 0, false }

func TestOneRefreshForManyProcesses(t *testing.T) {
	b := newFixture(t, 50*time.Millisecond)
	b.begin(t, 0)
	b.exchange(t)
	for r := round(1); r <= 20; r++ {
		b.begin(t, r)
		before := b.asked(t)
		tokens := map[string]int{}
		for _, o := range b.crowd(t, processes, r.minTTL(), nobody) {
			if o.code != 0 {
				t.Fatalf("round %d: exit %d: %s", r, o.code, o.stderr)
			}
			tokens[o.stdout]++
		}
		if asked := b.asked(t) - before; asked != 1 || len(tokens) != 1 {
			t.Fatalf("round %d: %d requests, %d different tokens", r, asked, len(tokens))
		}
	}
}

// A third of the processes die at random. The session may be lost only where
// one died between sending the refresh token and writing the answer: the server
// has rotated it, or will when that request arrives. Then the next call says so.
func TestRefreshUnderKill(t *testing.T) {
	b := newFixture(t, 20*time.Millisecond)
	b.begin(t, 0)
	b.exchange(t)
	lost := 0
	for r := round(1); r <= 20; r++ {
		b.begin(t, r)
		b.crowd(t, processes, r.minTTL(), func(i int) (time.Duration, bool) {
			return time.Duration(mathrand.IntN(400)) * time.Millisecond, i%3 == 0
		})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		o := b.one(t, r.minTTL(), 0, nobody)
		cancel()
		if ctx.Err() == context.DeadlineExceeded {
			t.Fatalf("round %d: something blocks", r)
		}
		switch {
		case o.code == 0:
		case o.code == 8:
			// Another process of the crowd may have met the loss before this one:
			// the reason is kept.
			if !strings.Contains(o.stderr, "its answer is lost") {
				t.Fatalf("round %d: a session ended without a word about the lost answer:\n%s", r, o.stderr)
			}
			lost++
			b.exchange(t)
		default:
			t.Fatalf("round %d: exit %d: %s", r, o.code, o.stderr)
		}
		if leftovers, _ := exec.CommandContext(t.Context(), "sh", "-c", "ls '"+b.Home+"'/.local/state/authctl/records/*/*.bad 2>/dev/null").Output(); len(leftovers) > 0 {
			t.Fatalf("round %d: unreadable records: %s", r, leftovers)
		}
	}
	if lost == 20 {
		t.Error("every session was lost")
	}
	t.Logf("%d of 20 sessions were lost to a kill between the server's commit and the durable write", lost)
}

// An interrupt that comes while the refresh token is being spent is held back
// until its successor is on disk.
func TestInterruptBetweenSendAndWrite(t *testing.T) {
	for _, args := range [][]string{{"refresh", "-p", "klg-service"}, {"token", "-p", "klg-service", "--force"}} {
		for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
			interruptAfterSend(t, signal, args...)
		}
	}
}

func interruptAfterSend(t *testing.T, signal os.Signal, args ...string) {
	t.Helper()
	b := newFixture(t, 500*time.Millisecond)
	b.exchange(t)
	cmd := b.Command(t, args...)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(250 * time.Millisecond)
	_ = cmd.Process.Signal(signal)
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 130 || out.Len() != 0 {
		t.Errorf("%s, %v: exit %d, %d bytes on stdout", args[0], signal, cmd.ProcessState.ExitCode(), out.Len())
	}
	before := b.asked(t)
	b.Must(t, "", "token", "-p", "klg-service")
	if b.asked(t) != before {
		t.Errorf("%s, %v: the refreshed token was not kept", args[0], signal)
	}
	b.Must(t, "", "refresh", "-p", "klg-service")
}
