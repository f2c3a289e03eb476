package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	names = slices.DeleteFunc(names, func(name string) bool { return checkKey(name) != nil || name == probe })
	states, unread, err := f.lookAll(ctx, names)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for i, s := range states {
		if s.kept || s.claim != nil || unread[i] != nil {
			all = append(all, Entry{
				Key: names[i], Record: s.rec, Written: f.now().Add(-max(0, s.age)), Claim: s.told(),
				Absent: !s.kept, Unread: unread[i] != nil,
			})
		}
	}
	return all, nil
}

// lookAll reads what stands under each name. What cannot be opened is another's,
// and not ours to judge: unread says why; the first other failure ends it.
func (f *fleet) lookAll(ctx context.Context, names []string) (states []state, unread []error, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	states, unread = make([]state, len(names)), make([]error, len(names))
	next := make(chan int)
	var group sync.WaitGroup
	for range min(atOnce, len(names)) {
		group.Go(func() {
			for i := range next {
				s, err := f.look(ctx, names[i])
				var known *fault.Error
				switch {
				case errors.As(err, &known) && s.version != "":
					unread[i] = err
				case err != nil:
					cancel(err)
				default:
					states[i] = s
				}
			}
		})
	}
	for i := range names {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	group.Wait()
	f.ignored(slices.DeleteFunc(slices.Clone(unread), func(err error) bool { return err == nil }))
	return states, unread, context.Cause(ctx)
}

// ignored says once what a list leaves out.
func (f *fleet) ignored(unread []error) {
	if len(unread) == 0 {
		return
	}
	line := "a kept token is ignored: " + unread[0].Error()
	if n := len(unread); n > 1 {
		line = fmt.Sprintf("%d kept tokens are ignored; of one: %v", n, unread[0])
	}
	f.mu.Lock()
	told := f.told == line
	f.told = line
	f.mu.Unlock()
	if !told {
		f.warn(line)
	}
}
