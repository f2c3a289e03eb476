//go:build e2e

package fleet

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/e2e/program"
)

// rotate has eight machines spend one refresh token after another, at a provider
// that ends the session when one comes twice. It gives how many requests there were
// more than calls, and how often the engine was away for so long that a machine
// sent nothing. More come of a write whose answer was lost, and that others have
// followed: its refresh is done anew.
func rotate(t *testing.T, on store) (more, held int) {
	t.Helper()
	times := 200
	if long() {
		times = 1000
	}
	p := newProvider(t, 0)
	first := p.machine(t, program.Released(t), on)
	p.begin(t, first)
	before := p.counts(t)
	began := time.Now()
	var done, away atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		machine := first.Another(t)
		group.Go(func() {
			for done.Load() < int64(times) && !t.Failed() {
				switch got := machine.Run(t, "", "refresh", "-p", "klg-service", "--timeout", "2m"); {
				case got.Code == 0:
					done.Add(1)
				case got.Code == 6 && strings.Contains(got.Stderr, "the engine"):
					away.Add(1)
					t.Logf("sent nothing: %s", got.Stderr)
				default:
					t.Errorf("exit %d: %s", got.Code, got.Stderr)
				}
			}
		})
	}
	group.Wait()
	after := p.counts(t)
	requests, granted := after.TokenRequests["klg"]-before.TokenRequests["klg"], after.Granted["klg"]-before.Granted["klg"]
	if more = requests - int(done.Load()); more < 0 || requests != granted || after.Reused["klg"] != 0 {
		t.Errorf("of %d requests %d were granted, and %d brought a spent refresh token", requests, granted, after.Reused["klg"])
	}
	p.oneFor(t, []*program.Authctl{first}, p.round(t, 1)) // the session lives
	t.Logf("%d calls by 8 machines: %d requests, %d rotations, %d reuses; %d times nothing was sent; %s",
		done.Load(), requests, granted, after.Reused["klg"], away.Load(), time.Since(began).Round(time.Second))
	return more, int(away.Load())
}
