package shared

import (
	"context"
	"errors"

	"authctl/internal/acquire"
	"authctl/internal/engine"
	"authctl/internal/profile"
	"authctl/internal/store"
)

// Outage is the store of p where on_outage is ask: while the engine serves
// nothing, a token of p's own grant, which costs nobody anything, is asked for
// and not kept. A session's is never asked for in this way.
func Outage(s acquire.Store, p *profile.Profile, warn func(line string)) acquire.Store {
	if g := p.GrantType(); g.Person || g.Starts != "" {
		return s
	}
	return &outage{Store: s, own: acquire.Key(p, ""), warn: warn}
}

type outage struct {
	acquire.Store
	own  string // the name that a token is looked for under first
	warn func(line string)
	gone bool
}

func (o *outage) Get(ctx context.Context, key string) (store.Record, error) {
	if o.gone {
		return store.Record{}, store.ErrAbsent
	}
	rec, err := o.Store.Get(ctx, key)
	away := errors.Is(err, engine.Unreachable) || errors.Is(err, engine.Sealed) || errors.Is(err, engine.Unready)
	if !away || key != o.own {
		return rec, err
	}
	o.gone = true
	o.warn("the token is asked for and not kept (store.on_outage): " + err.Error())
	return store.Record{}, store.ErrAbsent
}

func (o *outage) Put(ctx context.Context, key string, r store.Record) error {
	if o.gone {
		return nil
	}
	return o.Store.Put(ctx, key, r)
}

func (o *outage) Delete(ctx context.Context, key string) error {
	if o.gone {
		return nil
	}
	return o.Store.Delete(ctx, key)
}

func (o *outage) Lock(ctx context.Context, key string) (store.Lease, error) {
	if o.gone {
		return store.Lease{}, nil
	}
	return o.Store.Lock(ctx, key)
}
