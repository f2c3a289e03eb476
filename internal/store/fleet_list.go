package store

import (
	"context"
	"errors"
	"sync"

	"authctl/internal/fault"
)

// atOnce is how many records are read at once for a list.
const atOnce = 8

func (f *fleet) list(ctx context.Context) ([]Entry, error) {
	if _, err := f.sealingKeys(ctx); err != nil {
		return nil, err
	}
	names, err := f.Engine.List(ctx)
	if err != nil {
		return nil, f.broken("list", err)
	}
	states, err := f.lookAll(ctx, names)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for i, s := range states {
		if s.kept {
			all = append(all, Entry{Key: names[i], Record: s.rec, Written: f.now().Add(-max(0, s.age)), Claim: s.told()})
		}
	}
	return all, nil
}

// lookAll reads what stands under each name. What cannot be opened is another's,
// and not ours to judge; the first other failure ends it.
func (f *fleet) lookAll(ctx context.Context, names []string) ([]state, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	states := make([]state, len(names))
	next := make(chan int)
	var group sync.WaitGroup
	for range min(atOnce, len(names)) {
		group.Go(func() {
			for i := range next {
				s, err := f.look(ctx, names[i])
				var unread *fault.Error
				switch {
				case errors.As(err, &unread) && s.version != "":
					f.warn("a kept token is ignored: " + err.Error())
				case err != nil:
					cancel(err)
				default:
					states[i] = s
				}
			}
		})
	}
	for i, name := range names {
		if checkKey(name) == nil && ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	group.Wait()
	return states, context.Cause(ctx)
}
