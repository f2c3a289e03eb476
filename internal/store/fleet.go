package store

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fault"
)

// fleet keeps records on an engine that many machines share. There is no lock
// service: a claim stands in the record, and a compare-and-swap alone decides.
//
//   - A request leaves only within fresh of the start of a swap that says so, and
//     that this process won, on a clock that counts while the machine sleeps.
//   - Nobody sends what another may have sent until that one must be done.
//   - Who holds the answer to what is kept may write it over another's claim and
//     over a session that was said to be over. Nothing else is written over.
type fleet struct {
	Shared
	kind string
	rand ByteReader
	now  func() time.Time
	warn func(string)
	said sync.Mutex

	mu     sync.Mutex
	leases map[string]*lease
	spools map[string]bool // the names that it was asked for
	keys   [][]byte
	ahead  time.Duration // the engine's clock before this machine's
	told   string        // the last warning
	dated  bool          // ahead is known; it is settled once, so that times can be compared
}

// agree is a difference of clocks that is none: the engine's clock has steps of
// a second and an answer takes its time.
const agree = 3 * time.Second

func newFleet(o Options) *fleet {
	f := &fleet{Shared: *o.Shared, kind: o.Kind, rand: o.Rand, now: o.Now, leases: map[string]*lease{}, spools: map[string]bool{}}
	f.warn = func(line string) { // several records are read at once
		f.said.Lock()
		defer f.said.Unlock()
		o.Warn(line)
	}
	f.Limits = f.Limits.orDefaults()
	if f.Boot == nil {
		f.Boot = bootClock(o.Now)
	}
	return f
}

func (f *fleet) offset() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.dated {
		f.ahead, f.dated = f.Engine.Clock()
		if f.ahead.Abs() < agree {
			f.ahead = 0
		}
	}
	return f.ahead
}

// sealingKeys asks once.
func (f *fleet) sealingKeys(ctx context.Context) ([][]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keys != nil {
		return f.keys, nil
	}
	keys, err := f.Keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if len(key) != KeySize {
			return nil, fault.New(fault.Store, "a key of the %s store is %d bytes long and not %d", f.kind, len(key), KeySize).
				Hint("make one with: head -c %d /dev/urandom | base64", KeySize)
		}
	}
	if len(keys) == 0 {
		return nil, fault.New(fault.Store, "the %s store has no key", f.kind).Hint("set store.key or AUTHCTL_STORE_KEY")
	}
	f.keys = keys
	return keys, nil
}

// look reads what stands under name, where that is not older than what waits here.
func (f *fleet) look(ctx context.Context, name string) (state, error) {
	s, err := f.stands(ctx, name)
	if err != nil {
		return s, err
	}
	return f.unspooled(ctx, name, s)
}

func (f *fleet) stands(ctx context.Context, name string) (state, error) {
	b, v, age, err := f.Engine.Read(ctx, name)
	switch {
	case errors.Is(err, engine.ErrAbsent):
		return state{version: v, age: age}, nil
	case errors.Is(err, engine.Foreign):
		return state{version: v}, err
	case err != nil:
		return state{}, f.broken("read", err)
	}
	s, err := f.openState(ctx, name, b)
	s.version, s.age = v, age
	return s, err
}

func (f *fleet) load(ctx context.Context, key string) (Record, error) {
	s, ours := f.lease(key).known()
	if !ours {
		var err error
		if s, err = f.look(ctx, key); err != nil {
			return Record{}, err
		}
	}
	if !s.kept {
		return Record{}, ErrAbsent
	}
	return s.rec, nil
}

func (f *fleet) save(ctx context.Context, key string, r Record) error {
	if l := f.lease(key); l != nil {
		return l.put(ctx, r)
	}
	return f.changed(ctx, key, func(s *state) bool {
		s.kept, s.rec = true, copied(r)
		s.generation++
		return false
	})
}

// remove leaves an empty record: what is removed for good begins at the first
// version again, and who read it before would write over what came since.
func (f *fleet) remove(ctx context.Context, key string) error {
	if l := f.lease(key); l != nil {
		defer l.done()
	}
	return f.changed(ctx, key, func(s *state) bool {
		none := !s.kept
		s.kept, s.rec, s.claim = false, Record{}, nil
		s.generation++ // so that no answer to what was forgotten brings it back
		return none
	})
}

// probe is no record's name.
const probe = "ready"

// ready writes what everybody may write over.
func (f *fleet) ready(ctx context.Context) error {
	s, err := f.look(ctx, probe)
	if err != nil {
		return err
	}
	s.write = ""
	if _, err = f.swap(ctx, probe, s); errors.Is(err, engine.ErrMoved) {
		return nil // by another, who could
	}
	return err
}

// copied is r with nothing that its owner may change later.
func copied(r Record) Record {
	r.Aux = maps.Clone(r.Aux)
	return r
}

// Pauses between two looks at what another is about to change.
const (
	firstPause = 60 * time.Millisecond
	mostPause  = time.Second
)

func longer(pause time.Duration) time.Duration { return min(2*pause, mostPause) }

// sleep waits for between half of d and d, so that a crowd spreads.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d/2 + rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
