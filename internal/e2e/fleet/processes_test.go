//go:build e2e

package fleet

import (
	"maps"
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/program"
)

// askAtOnce has 60 processes of two machines ask for the token of a service's own grant,
// which nobody has yet: one request, and one assertion where the grant needs one.
func askAtOnce(t *testing.T, on store) {
	t.Helper()
	for profile, steps := range map[string]map[string]int{"smart": {}, "klg": {"klg-issue": 1, "klg-exchange": 1}} {
		askFor(t, on, profile, steps)
	}
}

func askFor(t *testing.T, on store, profile string, steps map[string]int) {
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
			got := homes[i%2].Run(t, "", "token", "-p", profile)
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
	counts := p.counts(t)
	if asked := counts.TokenRequests[profile]; asked != 1 || len(tokens) != 1 || !maps.Equal(counts.Steps, steps) {
		t.Errorf("%s: %d requests, %d different tokens, %v", profile, asked, len(tokens), counts.Steps)
	}
	t.Logf("%s: 60 processes, one request, the slowest took %s", profile, slowest.Round(10*time.Millisecond))
}
