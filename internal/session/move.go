package session

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/store"
)

// move is one record on its way to another key.
type move struct {
	from, to string
	record   store.Record
}

// Move hands what is kept of from to the same profile under the name of to, while
// rename renames it. No refresh is spent meanwhile, and whatever fails leaves
// every record where one of the two names finds it.
func (s Sessions) Move(ctx context.Context, from, to *profile.Profile, rename func() error) (moved int, err error) {
	list, err := s.records(ctx, from.Name)
	if err != nil {
		return 0, err
	}
	keys := acquire.Renamed(from, to, list)
	unlock, err := s.lockAll(ctx, list, keys)
	defer unlock()
	if err != nil {
		return 0, err
	}
	var done []move
	for _, e := range list {
		m, err := s.copyAs(ctx, e.Key, to.Name, keys)
		if err == nil && m.to != "" {
			done = append(done, m)
		}
		if err != nil {
			return 0, errors.Join(err, s.undo(ctx, done))
		}
	}
	if err := rename(); err != nil {
		return 0, errors.Join(err, s.undo(ctx, done))
	}
	for _, m := range done {
		if m.to != m.from {
			err = errors.Join(err, s.Store.Delete(ctx, m.from))
		}
	}
	return len(done), fault.In(from.Name, err)
}

// lockAll takes the locks of all records under both names, in one order for all.
func (s Sessions) lockAll(ctx context.Context, list []store.Entry, keys map[string]string) (unlock func(), err error) {
	var names []string
	for _, e := range list {
		names = append(names, acquire.LockOf(e.Key), acquire.LockOf(cmp.Or(keys[e.Key], e.Key)))
	}
	slices.Sort(names)
	var held []store.Lease
	unlock = func() {
		for _, l := range held {
			l.Unlock()
		}
	}
	for _, name := range slices.Compact(names) {
		l, err := s.Store.Lock(ctx, name)
		if err != nil {
			return unlock, err
		}
		held = append(held, l)
	}
	return unlock, nil
}

// copyAs keeps the record of key for the profile name too; an empty move where it
// is gone.
func (s Sessions) copyAs(ctx context.Context, key, name string, keys map[string]string) (move, error) {
	r, err := s.Store.Get(ctx, key)
	if errors.Is(err, store.ErrAbsent) {
		return move{}, nil
	}
	if err != nil {
		return move{}, err
	}
	m := move{key, cmp.Or(keys[key], key), r}
	r.Profile, r.Session = name, cmp.Or(keys[r.Session], r.Session)
	return m, s.Keep(ctx, m.to, r)
}

// undo takes the copies away again.
func (s Sessions) undo(ctx context.Context, done []move) (err error) {
	ctx = context.WithoutCancel(ctx)
	for _, m := range done {
		if m.to == m.from {
			err = errors.Join(err, s.Keep(ctx, m.from, m.record))
		} else {
			err = errors.Join(err, s.Store.Delete(ctx, m.to))
		}
	}
	return err
}
