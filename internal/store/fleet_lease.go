package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fault"
)

const (
	// fresh is for how long after the start of a swap a request may leave.
	fresh = 2 * time.Second
	// insist is for how long after that the engine is asked to keep what cannot be
	// had again: the request takes 20 s of it, and others wait for 90.
	insist = 80 * time.Second
	// unlocking bounds giving a claim back.
	unlocking = 5 * time.Second
)

// lease is a claim that this process holds, or, after a wait, the version on
// which it would.
type lease struct {
	*fleet
	key  string
	mine claim

	mu   sync.Mutex
	now  state         // our last write, or what was read
	sent bool          // a request may have left since
	at   time.Duration // when the last swap began that said so
	lost bool          // another took over
	over bool          // the same, and the answer to a request of ours was written over that
	away error         // why the engine did not take an answer, which waits on this machine
}

// known is what stands there, as far as nobody else can have changed it with
// right. After a request has left, an answer of an earlier holder may have come.
func (l *lease) known() (state, bool) {
	if l == nil {
		return state{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, !l.sent && !l.lost
}

// hold wins a swap that says that a request leaves now, unless it has just won one.
func (l *lease) hold(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range 3 {
		if l.lost {
			return ErrOvertaken
		}
		if l.sent && l.ours() && l.Boot()-l.at <= fresh {
			return nil
		}
		if err := l.write(ctx, l.step(stepSent)); err != nil {
			return l.moved(err)
		}
	}
	return fault.New(fault.Store, "the %s store takes more than %s for a write: nothing was sent", l.kind, fresh).
		Hint("repeat it when the store is quicker")
}

// late is true when another took over before the answer to a request of ours was kept.
func (l *lease) late() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.over
}

// ours is true while a claim of this lease stands.
func (l *lease) ours() bool { return l.now.claim != nil && l.now.claim.Nonce == l.mine.Nonce }

// step is what stands there with our claim at that step.
func (l *lease) step(step string) state {
	next, c := l.now, l.mine
	c.Step = step
	next.claim, next.write = &c, ""
	return next
}

func (l *lease) write(ctx context.Context, next state) error {
	began := l.Boot()
	next, err := l.swap(ctx, l.key, next)
	if err != nil {
		return err
	}
	l.now = next
	if l.ours() && next.claim.Step == stepSent {
		l.sent, l.at = true, began
	}
	return nil
}

// moved turns a swap that another's came before into ErrOvertaken, for good.
func (l *lease) moved(err error) error {
	if !errors.Is(err, engine.ErrMoved) {
		return err
	}
	l.lost = true
	return ErrOvertaken
}

// put keeps r. With a request under way in it the claim says so; with none it is
// given back with the same write.
func (l *lease) put(ctx context.Context, r Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost {
		return ErrOvertaken
	}
	next := l.step(stepSent)
	next.kept, next.rec = true, copied(r)
	if r.Intent.IsZero() && len(r.Pending) == 0 {
		next.claim = nil
	}
	if !grants(l.now.rec, r) || !l.sent {
		if grants(l.now.rec, r) {
			next.generation++
		}
		return l.moved(l.write(ctx, next))
	}
	next.generation++
	return l.moved(l.deposit(ctx, next))
}

// deposit writes the answer to a request of ours: over another's claim, and over
// "it is over", but not over what was granted or forgotten since.
func (l *lease) deposit(ctx context.Context, next state) error {
	again := !next.rec.Set.RefreshToken.IsZero() || len(next.rec.Pending) > 0 // else it can be asked for again
	var err error
	if next.write, err = l.random(); err != nil {
		return err
	}
	if l.away != nil {
		return l.spool(ctx, l.key, next, l.away)
	}
	for pause := firstPause; ; pause = longer(pause) {
		err = l.write(ctx, next)
		if errors.Is(err, engine.ErrMoved) {
			err = l.rewrite(ctx, &next)
		}
		if err == nil || errors.Is(err, engine.ErrMoved) || errors.Is(err, errTooLarge) || errors.Is(err, engine.TooLarge) || !again {
			return err
		}
		if l.Boot()-l.at > insist || sleep(ctx, pause) != nil {
			l.away = err
			return l.spool(ctx, l.key, next, err)
		}
	}
}

// rewrite writes next, which was moved, over what stands there now; engine.ErrMoved
// where it may not.
func (l *lease) rewrite(ctx context.Context, next *state) error {
	now, err := l.look(ctx, l.key)
	switch {
	case err != nil:
		return err
	case now.write == next.write: // it had been written, and the answer to that was lost
		l.now = *next
		l.now.version = now.version
		return nil
	case now.generation != l.now.generation:
		return engine.ErrMoved
	}
	next.version, l.over = now.version, true
	if err = l.write(ctx, *next); errors.Is(err, engine.ErrMoved) {
		return errAgain
	}
	return err
}

// errAgain: another wrote just now, and what that was has to be looked at.
var errAgain = errors.New("the record changes too often")

// done ends the lease; its claim is gone, or another's to end.
func (l *lease) done() {
	l.fleet.mu.Lock()
	if l.leases[l.key] == l {
		delete(l.leases, l.key)
	}
	l.fleet.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = true
}

// unlock gives the claim back, where it still stands.
func (l *lease) unlock() {
	defer l.done()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost || l.away != nil || !l.ours() { // who waits here is to come before who waits for the claim
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), unlocking)
	defer cancel()
	next := l.now
	next.claim, next.write = nil, ""
	_ = l.write(ctx, next) // else it is overtaken when its time is over
}
