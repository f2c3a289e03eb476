//go:build e2e

package fleet

import (
	"math"
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
)

func TestOneNode(t *testing.T) {
	s := openbao.Dev(t)
	on := func(url string) store { return vault(s, url) }
	url := s.Nodes[0].URL
	t.Run("nothing is kept", func(t *testing.T) { askAtOnce(t, on(url)) })
	t.Run("one session", func(t *testing.T) { serve(t, on(url)) })
	t.Run("rotations", func(t *testing.T) {
		if more, held := rotate(t, on(url)); more != 0 || held != 0 {
			t.Errorf("an engine that was there had %d more requests be sent and %d be held back", more, held)
		}
	})
	b := build(t)
	t.Run("no release stops", func(t *testing.T) { b.deaf(t, on(url)) })
	t.Run("one machine", func(t *testing.T) {
		b.stops(t, on(url))
		b.cutOff(t, url, on)
	})
}

func TestKubernetes(t *testing.T) {
	url, on := cluster(t)
	t.Run("nothing is kept", func(t *testing.T) { askAtOnce(t, on(url)) })
	t.Run("one session", func(t *testing.T) { serve(t, on(url)) })
	b := build(t)
	t.Run("one machine", func(t *testing.T) {
		b.stops(t, on(url))
		b.cutOff(t, url, on)
	})
}

func TestRaft(t *testing.T) {
	s := openbao.Cluster(t)
	t.Run("nothing is kept", func(t *testing.T) { askAtOnce(t, vault(s, s.URLs()...)) })
	// It answers reads late, and refuses right writes until it has caught up.
	t.Run("nothing is kept, through a lone standby", func(t *testing.T) { askAtOnce(t, vault(s, s.Standby(t).URL)) })
	t.Run("one session", func(t *testing.T) { serve(t, vault(s, s.URLs()...)) })
	t.Run("rotations while the leader is killed every 5 s", func(t *testing.T) {
		done := make(chan struct{})
		var group sync.WaitGroup
		group.Go(func() { s.KillLeaders(t, 5*time.Second, math.MaxInt, done) })
		defer group.Wait()
		defer close(done)
		rotate(t, vault(s, s.URLs()...))
	})
}

// serve has 20 machines ask at once, for a session whose refresh token the
// provider replaces at each use: one request a round, and one token for all.
func serve(t *testing.T, on store) {
	t.Helper()
	p := newProvider(t, 50*time.Millisecond)
	all := []*program.Authctl{p.machine(t, program.Released(t), on)}
	for len(all) < 20 {
		all = append(all, all[0].Another(t))
	}
	p.begin(t, all[0])
	for r := 1; r <= 5; r++ {
		began := time.Now()
		p.oneFor(t, all, p.round(t, r))
		t.Logf("round %d: %d machines, one request, %s", r, len(all), time.Since(began).Round(10*time.Millisecond))
	}
	if r := all[1].Run(t, "", "doctor", "-p", "klg-service"); r.Code != 0 {
		t.Errorf("doctor: exit %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
}
