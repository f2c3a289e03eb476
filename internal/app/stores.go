package app

import (
	"context"
	"errors"
	"path/filepath"

	"authctl/internal/fault"
	"authctl/internal/secretstore"
	"authctl/internal/store"
)

// stores is the chosen store. Where the user chose none and the machine has
// no keyring (a bare container), it keeps nothing and says so once; a chosen
// store that is not there stays an error.
type stores struct {
	*store.Store
	app    *App
	chosen bool
	gone   bool
}

// Stores opens the store of the settings; nothing is read before its first use.
func (a *App) Stores() (*stores, error) {
	if a.stores != nil {
		return a.stores, nil
	}
	s, err := a.openStore(a.Settings.Store)
	if err != nil {
		return nil, err
	}
	a.stores = &stores{Store: s, app: a, chosen: a.Settings.StoreChosen}
	return a.stores, nil
}

func (a *App) openStore(kind string) (*store.Store, error) {
	dir := a.Settings.StateDir
	switch {
	case kind == store.KindNone:
	case dir == "" && a.Settings.StoreChosen:
		return nil, fault.New(fault.Store, "there is no home folder to keep tokens in").Hint("set HOME or XDG_STATE_HOME, or --store none")
	case dir == "":
		a.Warn("there is no home folder: nothing is kept (--store none says so without this line)")
		kind = store.KindNone
	case kind == store.KindKeyring && a.Ring().Reachable() != nil:
		// Known before anything is asked or written: a bare container's disk may be read-only.
		if a.Settings.StoreChosen {
			return nil, secretstore.SealingFault(a.Ring().Reachable())
		}
		a.Warn(noKeyring)
		kind = store.KindNone
	}
	o := store.Options{Kind: kind, Dir: dir, Rand: a.Sys.Rand, Now: a.Sys.Now, Warn: a.Warn}
	switch kind {
	case store.KindKeyring:
		o.Key = secretstore.SealingKey{Ring: a.Ring()}
	case store.KindFile:
		o.Key = store.NewFileKey(filepath.Clean(dir), a.Sys.Env)
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

// Put keeps a record.
func (s *stores) Put(ctx context.Context, key string, r store.Record) error {
	err := s.Store.Put(ctx, key, r)
	if s.without(err) {
		return nil
	}
	return err
}

// Lock takes the record's lock. Where nothing can be written there is nothing
// to guard: a token may still be fetched and printed, and Put says why it is
// not kept.
func (s *stores) Lock(ctx context.Context, key string) (func(), error) {
	unlock, err := s.Store.Lock(ctx, key)
	if store.NotWritable(err) {
		return func() {}, nil
	}
	return unlock, err
}

// Ready says whether a session could be kept. A user who chose `none` knows.
func (s *stores) Ready(ctx context.Context) error {
	if s.Kind() == store.KindNone && s.chosen {
		return nil
	}
	return s.Store.Ready(ctx)
}

const noKeyring = "no OS keyring here: the token is not kept (choose --store file, or --store none to silence this)"

// without gives up an absent keyring that nobody chose, with one warning.
func (s *stores) without(err error) bool {
	if s.gone || s.chosen || !errors.Is(err, secretstore.ErrNoKeyring) {
		return false
	}
	nothing, openErr := store.Open(store.Options{Kind: store.KindNone})
	if openErr != nil {
		return false
	}
	s.Store, s.gone = nothing, true
	s.app.Warn(noKeyring)
	return true
}
