//go:build e2e

package fleet

import (
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/program"
)

// cutOff: a machine that does not reach the engine sends nothing to the provider,
// whether it has claimed a refresh before or not, and the others go on.
func (b builds) cutOff(t *testing.T, url string, at func(url string) store) {
	t.Helper()
	for name, dead := range map[string]bool{"is cut off, refused": true, "is cut off in silence": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, c := newProvider(t, 0), newCable(t, url, dead)
			_, _, setting := limits()
			others := []*program.Authctl{p.machine(t, b.tested, at(url)).Another(t, "AUTHCTL_FLEETTEST="+setting)}
			for len(others) < 4 {
				others = append(others, others[0].Another(t))
			}
			far := p.machine(t, b.released, at(c.URL))
			stops := p.machine(t, b.tested, at(c.URL)).Another(t, "AUTHCTL_FLEETTEST="+setting+"stop=after:1")
			p.begin(t, far)

			args := p.round(t, 1)
			c.set(true)
			p.silent(t, func() program.Result { return far.Run(t, "", args...) })
			token := p.oneFor(t, others, args)
			c.set(false)
			if got := far.Must(t, "", args...) + "\n"; got != token {
				t.Error("joined again it has another token")
			}

			args = p.round(t, 2)
			holder := start(t, stops, args...)
			holder.halts(t, true)
			c.set(true)
			holder.goesOn(t)
			p.silent(t, func() program.Result { return holder.end(t) })
			token = p.oneFor(t, others, args)
			c.set(false)
			if got := far.Must(t, "", args...) + "\n"; got != token {
				t.Error("joined again it has another token")
			}
			p.oneFor(t, append(others, far), p.round(t, 3))
			if _, reused := p.asked(t); reused != 0 {
				t.Errorf("%d reuses", reused)
			}
		})
	}
}

// silent: who runs is told that the engine does not answer, and the provider hears nothing.
func (p *provider) silent(t *testing.T, run func() program.Result) {
	t.Helper()
	before, _ := p.asked(t)
	began := time.Now()
	got := run()
	if got.Code != 6 || got.Stdout != "" || !strings.Contains(got.Stderr, "the engine does not answer") {
		t.Errorf("cut off: exit %d\n%s", got.Code, got.Stderr)
	}
	t.Logf("after %s: %s", time.Since(began).Round(time.Millisecond), got.Stderr)
	if n, _ := p.asked(t); n != before {
		t.Errorf("cut off, it sent %d requests", n-before)
	}
}

// oneFor has all ask at once: one request, and one token.
func (p *provider) oneFor(t *testing.T, all []*program.Authctl, args []string) (token string) {
	t.Helper()
	before, _ := p.asked(t)
	var mu sync.Mutex
	var group sync.WaitGroup
	tokens := map[string]int{}
	for _, a := range all {
		group.Go(func() {
			got := a.Run(t, "", args...)
			if got.Code != 0 {
				t.Errorf("exit %d: %s", got.Code, got.Stderr)
			}
			mu.Lock()
			defer mu.Unlock()
			tokens[got.Stdout]++
			token = got.Stdout
		})
	}
	group.Wait()
	if n, _ := p.asked(t); n-before != 1 || len(tokens) != 1 {
		t.Fatalf("%d requests, %d different tokens", n-before, len(tokens))
	}
	return token
}
