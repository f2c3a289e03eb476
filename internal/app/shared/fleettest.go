//go:build fleettest && unix

package shared

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"authctl/internal/engine"
	"authctl/internal/store"
)

// tested is for a build with the tag fleettest, which is never released: there
// AUTHCTL_FLEETTEST shortens the times of a fleet, and has the process stop or die
// at a point that no test could hit from without, such as
//
//	claimed=2s sent=5s stop=after:1
//
// for a SIGSTOP after its first swap, or kill=before:3 for a SIGKILL before its third.
func (a Deps) tested(s *store.Shared) {
	text, _ := a.Env("AUTHCTL_FLEETTEST")
	for _, setting := range strings.Fields(text) {
		name, value, _ := strings.Cut(setting, "=")
		limits := map[string]*time.Duration{"claimed": &s.Limits.Claimed, "sent": &s.Limits.Sent, "wait": &s.Limits.Wait}
		signals := map[string]syscall.Signal{"stop": syscall.SIGSTOP, "kill": syscall.SIGKILL}
		limit, signal := limits[name], signals[name]
		var err error
		switch {
		case limit != nil:
			*limit, err = time.ParseDuration(value)
		case signal != 0:
			p := &point{Engine: s.Engine, signal: signal}
			p.when, value, _ = strings.Cut(value, ":")
			_, err = fmt.Sscanf(value, "%d", &p.n)
			s.Engine = p
		default:
			err = fmt.Errorf("no setting %q", name)
		}
		if err != nil {
			panic(err)
		}
	}
}

// point is where the process sends itself a signal, once: before or after the nth
// of its swaps that were done. Those of a refresh are the claim, "sent", the raw
// answer and the new set.
type point struct {
	store.Engine
	when   string
	n      int
	signal syscall.Signal

	mu   sync.Mutex
	done int
}

// Swap is the engine's.
func (p *point) Swap(ctx context.Context, name string, b []byte, was engine.Version) (engine.Version, error) {
	if name == "ready" || strings.HasSuffix(name, "-pending") {
		return p.Engine.Swap(ctx, name, b, was)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == p.n-1 {
		p.reach("before")
	}
	at, err := p.Engine.Swap(ctx, name, b, was)
	if err == nil {
		if p.done++; p.done == p.n {
			p.reach("after")
		}
	}
	return at, err
}

func (p *point) reach(when string) {
	if p.when == when {
		p.when = ""
		_ = syscall.Kill(syscall.Getpid(), p.signal)
		time.Sleep(time.Second) // another thread may be the one that takes it
	}
}
