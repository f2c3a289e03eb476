//go:build e2e

package fleet

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
)

// TestRotations: eight machines spend one refresh token after another, at a
// provider that ends the session when one comes twice.
func TestRotations(t *testing.T) {
	times := 200
	if long() {
		times = 1000
	}
	t.Run("a single node", func(t *testing.T) {
		s := openbao.Dev(t)
		if refused := rotate(t, vault(s, s.Nodes[0].URL), times); refused != 0 {
			t.Errorf("%d were refused by an engine that was there", refused)
		}
	})
	t.Run("the leader is killed every 5 s", func(t *testing.T) {
		s := openbao.Cluster(t)
		done := make(chan struct{})
		var group sync.WaitGroup
		group.Go(func() { s.KillLeaders(t, 5*time.Second, math.MaxInt, done) })
		defer group.Wait()
		defer close(done)
		rotate(t, vault(s, s.URLs()...), times)
	})
}

// rotate gives how often the engine was away for so long that a machine sent nothing.
func rotate(t *testing.T, on store, times int) (refused int) {
	t.Helper()
	p := newProvider(t, 0)
	first := p.machine(t, program.Released(t), on)
	p.begin(t, first)
	before, _ := p.asked(t)
	began := time.Now()
	var done, away atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		machine := first.Another(t)
		group.Go(func() {
			for done.Load() < int64(times) && !t.Failed() {
				switch got := machine.Run(t, "", "refresh", "-p", "klg", "--timeout", "2m"); {
				case got.Code == 0:
					done.Add(1)
				case got.Code == 6 && strings.Contains(got.Stderr, "was not spent"), got.Code == 6 && strings.Contains(got.Stderr, "the engine"):
					away.Add(1)
					t.Logf("sent nothing: %s", got.Stderr)
				default:
					t.Errorf("exit %d: %s", got.Code, got.Stderr)
				}
			}
		})
	}
	group.Wait()
	requests, reused := p.asked(t)
	if requests -= before; requests != int(done.Load()) || reused != 0 {
		t.Errorf("%d rotations were %d requests, of which %d brought a spent refresh token", done.Load(), requests, reused)
	}
	p.oneFor(t, []*program.Authctl{first}, p.round(t, 1)) // the session lives
	t.Logf("%d rotations by 8 machines, %d requests, %d reuses, %d times nothing was sent, %s", done.Load(), requests, reused, away.Load(), time.Since(began).Round(time.Second))
	return int(away.Load())
}
