package store

import (
	"context"
	"errors"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fault"
)

func (f *fleet) lock(ctx context.Context, key string) (Lease, error) {
	l, err := f.claimed(ctx, key, stepClaimed, nil)
	if err != nil {
		return Lease{}, err
	}
	return NewLease(l.hold, l.late, l.unlock), nil
}

func (f *fleet) turn(ctx context.Context, key string, busy func()) (unlock func(), err error) {
	l, err := f.claimed(ctx, key, stepLogin, busy)
	if err != nil {
		return nil, err
	}
	return l.unlock, nil
}

// claimed writes a claim of ours into what stands under key, as soon as nobody
// else's is to be respected.
func (f *fleet) claimed(ctx context.Context, key, step string, busy func()) (*lease, error) {
	nonce, err := f.random()
	if err != nil {
		return nil, err
	}
	w := waiting{fleet: f, step: step, mine: claim{Nonce: nonce, Step: step, Holder: f.Holder}, began: f.Boot(), busy: busy}
	for pause := firstPause; ; pause = longer(pause) {
		s, err := f.look(ctx, key)
		if err != nil {
			return nil, err
		}
		if l, err := w.over(ctx, key, s); l != nil || err != nil {
			return l, err
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// waiting is for a claim of ours.
type waiting struct {
	*fleet
	step  string
	mine  claim
	began time.Duration
	busy  func() // is told once that another holds it; nil: nobody

	met   bool // another's claim was met
	first uint64
	seen  engine.Version // the claim that is waited for, and since when it was seen
	since time.Duration
}

// over is ours, or an error, when the wait for what is kept in s has an end.
func (w *waiting) over(ctx context.Context, key string, s state) (*lease, error) {
	switch {
	case w.met && s.claim == nil && s.generation != w.first && w.step == stepClaimed:
		// What was waited for has come, and most likely serves: a crowd that
		// claimed it one after another would take its time for nothing. Who sends
		// a request all the same has to win a swap on this very version.
		return w.ours(key, s), nil
	case w.free(s):
		s.claim, s.write = &w.mine, ""
		next, err := w.swap(ctx, key, s)
		if errors.Is(err, engine.ErrMoved) {
			if w.meet(s); w.Boot()-w.began > w.Limits.Wait {
				err = w.outrun(key)
			} else {
				return nil, nil
			}
		}
		if err != nil {
			return nil, err
		}
		return w.ours(key, next), nil
	}
	w.meet(s)
	hint := "see how that one does; authctl status shows claims"
	switch {
	case w.Limits.Never && s.claim.Step == stepSent && w.age(s) > w.Limits.Sent:
		return nil, w.refused(s, "store.takeover is never", "if that one is dead: store.takeover 90s for one command")
	case w.step != stepLogin && w.Boot()-w.began > w.Limits.Wait:
		return nil, w.refused(s, "waited "+w.Limits.Wait.String(), hint)
	}
	return nil, nil
}

// meet notes that another was first.
func (w *waiting) meet(s state) {
	if w.met {
		return
	}
	w.met, w.first = true, s.generation
	if w.busy != nil {
		w.busy()
	}
}

func (w *waiting) refused(s state, why, hint string) error {
	return fault.New(fault.Store, "another authctl asks for this token (%s): %s", why, s.told()).Hint("%s", hint)
}

// free is true where no claim is to be respected.
func (w *waiting) free(s state) bool {
	if s.claim == nil {
		return true
	}
	if w.Limits.Never && s.claim.Step == stepSent {
		return false
	}
	return w.age(s) > s.claim.respected(w.Limits)
}

// age is how long a claim has stood, by the engine's own clock; where that says
// nothing, since it was seen first.
func (w *waiting) age(s state) time.Duration {
	if s.version != w.seen {
		w.seen, w.since = s.version, w.Boot()
	}
	if s.age < 0 {
		return w.Boot() - w.since
	}
	return s.age
}

func (w *waiting) ours(key string, s state) *lease {
	l := &lease{fleet: w.fleet, key: key, mine: w.mine, now: s}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leases[key] = l
	return l
}

// lease is the lease of this process on key, nil for none.
func (f *fleet) lease(key string) *lease {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.leases[key]
}
