//go:build e2e

package fleet

import (
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
)

// TestNothingIsKept: 60 processes of two machines, and an empty store: one request.
func TestNothingIsKept(t *testing.T) {
	t.Run("a single node", func(t *testing.T) {
		s := openbao.Dev(t)
		askAtOnce(t, vault(s, s.Nodes[0].URL))
	})
	t.Run("kubernetes", func(t *testing.T) { askAtOnce(t, cluster(t)) })
	t.Run("raft", func(t *testing.T) {
		s := openbao.Cluster(t)
		t.Run("every node", func(t *testing.T) { askAtOnce(t, vault(s, s.URLs()...)) })
		// It answers reads late, and refuses right writes until it has caught up.
		t.Run("a lone standby", func(t *testing.T) { askAtOnce(t, vault(s, s.Standby(t).URL)) })
	})
}

// askAtOnce asks for the token of a service's own grant, which nobody has yet.
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
