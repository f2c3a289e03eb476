//go:build e2e

package fleet

import (
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/program"
)

// askAtOnce has 60 processes of two machines ask for the token of a service's own
// grant, which nobody has yet: one request.
func askAtOnce(t *testing.T, on store) {
	t.Helper()
	p := newProvider(t, 50*time.Millisecond)
	one := p.machine(t, program.Released(t), on)
	homes := []*program.Authctl{one, one.Another(t)}
	var mu sync.Mutex
	var group sync.WaitGroup
	tokens, slowest := map[string]int{}, time.Duration(0)
	for i := range 60 {
		group.Go(func() {
			began := time.Now()
			got := homes[i%2].Run(t, "", "token", "-p", "smart")
			if got.Code != 0 {
				t.Errorf("exit %d: %s", got.Code, got.Stderr)
			}
			mu.Lock()
			defer mu.Unlock()
			tokens[got.Stdout]++
			slowest = max(slowest, time.Since(began))
		})
	}
	group.Wait()
	if asked := p.counts(t).TokenRequests["smart"]; asked != 1 || len(tokens) != 1 {
		t.Errorf("%d requests, %d different tokens", asked, len(tokens))
	}
	t.Logf("60 processes, one request, the slowest took %s", slowest.Round(10*time.Millisecond))
}
