package app

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"authctl/internal/app/shared"
	"authctl/internal/config"
	"authctl/internal/engine"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secretstore"
	"authctl/internal/session"
	"authctl/internal/store"
)

// stores is the chosen store. Where the user chose none and the machine has
// no keyring (a bare container), it keeps nothing and says so when there was
// something to keep; a chosen store that is not there stays an error.
type stores struct {
	*store.Store
	app          *App
	chosen       bool
	place        string // of an engine
	ask          bool   // store.on_outage
	check        func(context.Context) []engine.Finding
	why          error // why nothing is kept although nobody chose that; nil otherwise
	said, pruned bool
}

// Stores opens the store of the settings; nothing is read before its first use.
func (a *App) Stores() (*stores, error) {
	if a.stores != nil {
		return a.stores, nil
	}
	// Looking into another store than the one that is meant would find nothing to revoke.
	if err := a.Settings.StoreUnknown(); err != nil {
		return nil, err
	}
	kind, why := a.Settings.Store, a.noPlace()
	if why != nil {
		if a.Settings.StoreChosen {
			return nil, why
		}
		kind = store.KindNone
	}
	made := &stores{app: a, chosen: a.Settings.StoreChosen, why: why}
	var err error
	if made.Store, err = a.openStore(kind, made); err != nil {
		return nil, err
	}
	a.stores = made
	return made, nil
}

// noPlace is why the store of the settings cannot be, as far as that is known
// before anything is asked or written: a bare container's disk may be read-only.
func (a *App) noPlace() error {
	switch kind := a.Settings.Store; {
	case kind == store.KindNone, slices.Contains(profile.SharedStores(), kind):
		return nil
	case a.Settings.StateDir == "":
		return fault.New(fault.Store, "there is no home folder to keep tokens in").Hint("set HOME or XDG_STATE_HOME, or AUTHCTL_STORE=none")
	case kind == store.KindKeyring && a.Ring().Reachable() != nil:
		return secretstore.SealingFault(a.Ring().Reachable())
	}
	return nil
}

func (a *App) openStore(kind string, made *stores) (s *store.Store, err error) {
	spec, err := config.LoadShared(a.Settings, a.Sys.Env)
	if err != nil {
		return nil, err
	}
	dir := a.Settings.StateDir
	o := store.Options{Kind: kind, Dir: dir, Rand: a.Sys.Rand, Now: a.Sys.Now, Warn: a.Warn}
	switch kind {
	case store.KindKeyring:
		o.Key = secretstore.SealingKey{Ring: a.Ring()}
	case store.KindFile:
		o.Key = store.NewFileKey(filepath.Clean(dir), a.Sys.Env)
	case store.KindVault, store.KindKubernetes:
		deps := shared.Deps{Spec: spec, Secrets: a.resolverWith(nil), Env: a.Sys.Env, Now: a.Sys.Now, Rand: a.Sys.Rand, Note: a.note, Timeout: a.Settings.Timeout, Dir: dir}
		if o.Shared, made.place, err = deps.Open(kind); err != nil {
			return nil, err
		}
		made.ask = spec.OnOutage == "ask"
		if e, ok := o.Shared.Engine.(interface {
			Check(ctx context.Context) []engine.Finding
		}); ok {
			made.check = e.Check
		}
	}
	return store.Open(o)
}

// Get reads a record.
func (s *stores) Get(ctx context.Context, key string) (store.Record, error) {
	rec, err := s.Store.Get(ctx, key)
	if s.without(err) {
		return s.Store.Get(ctx, key)
	}
	return rec, err
}

// Put keeps a record, or warns once that it does not.
func (s *stores) Put(ctx context.Context, key string, r store.Record) error {
	err := s.Store.Put(ctx, key, r)
	if s.why == nil && !s.without(err) {
		if err == nil && !s.pruned && s.Older(session.Keep) { // a fleet's are others' as well
			s.pruned = true
			_, _ = session.Sessions{Store: s.Store, Now: s.app.Sys.Now}.Prune(context.WithoutCancel(ctx), session.Keep)
		}
		return err
	}
	if !s.said {
		s.said = true
		advice := "choose --store file, or --store none to silence this"
		if s.app.Settings.StateDir == "" { // that store has no place either
			advice = "--store none silences this"
		}
		s.app.Warn("the token is not kept: " + s.why.Error() + " (" + advice + ")")
	}
	return nil
}

// Lock takes the record's lock. Where nothing can be written there is nothing
// to guard: a token may still be fetched and printed, and Put says why it is
// not kept.
func (s *stores) Lock(ctx context.Context, key string) (store.Lease, error) {
	lease, err := s.Store.Lock(ctx, key)
	if store.NotWritable(err) && !s.Shared() { // else N machines would ask
		return store.Lease{}, nil
	}
	return lease, err
}

// Ready says whether a session could be kept. A user who chose `none` knows.
func (s *stores) Ready(ctx context.Context) error {
	if s.why != nil {
		return s.why
	}
	if s.Kind() == store.KindNone && s.chosen {
		return nil
	}
	return s.Store.Ready(ctx)
}

// without gives up an absent keyring that nobody chose.
func (s *stores) without(err error) bool {
	if s.why != nil || s.chosen || !errors.Is(err, secretstore.ErrNoKeyring) {
		return false
	}
	nothing, openErr := store.Open(store.Options{Kind: store.KindNone})
	if openErr != nil {
		return false
	}
	s.Store, s.why = nothing, err
	return true
}
