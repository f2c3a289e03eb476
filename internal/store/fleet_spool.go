package store

import (
	"context"
	"errors"
	"io/fs"

	"authctl/internal/engine"
	"authctl/internal/fault"
)

// ErrSpooled says that the engine did not take what cannot be had again, and
// that it is not lost.
var ErrSpooled = errors.New("it waits on this machine, sealed, and the next authctl here puts it into the store")

// spool keeps s, which the engine did not take because of why, in a file of this
// machine until the next run here.
func (f *fleet) spool(ctx context.Context, name string, s state, why error) error {
	s.claim = nil
	err := errors.New("there is no folder for it")
	if f.Spool != "" {
		err = f.toSpool(ctx, name, s)
	}
	hint := "run authctl token -p " + s.rec.Profile + " here as soon as the store answers: after 90 s other machines spend what is spent already"
	told := fault.New(fault.Store, "%w; %w", why, ErrSpooled)
	if err != nil {
		told = fault.New(fault.Store, "%w; on this machine it could not be kept either (%w): the session is lost", why, err)
		hint = "log in again when the store answers; XDG_STATE_HOME names a folder where such an answer can wait"
	}
	var inner *fault.Error
	if errors.As(why, &inner) {
		told.Hints = append(told.Hints, inner.Hints...)
	}
	return told.Hint("%s", hint)
}

func (f *fleet) toSpool(ctx context.Context, name string, s state) error {
	sealed, err := f.sealState(context.WithoutCancel(ctx), name, s)
	if err == nil {
		err = folder{f.Spool}.make()
	}
	if err == nil {
		err = folder{f.Spool}.write(name, sealed)
	}
	return err
}

// unspooled is now, which stands under name, after what waits on this machine for
// it: an answer to what is kept there, or was, goes over it, and over a claim (the
// third rule of fleet). What was granted or forgotten since is never written over.
func (f *fleet) unspooled(ctx context.Context, name string, now state) (state, error) {
	f.mu.Lock()
	looked := f.Spool == "" || f.spools[name]
	f.spools[name] = true
	f.mu.Unlock()
	if looked {
		return now, nil
	}
	at := folder{f.Spool}
	sealed, err := at.read(name, MaxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return now, nil
	}
	if err == nil {
		err = at.check()
	}
	var waits state
	if err == nil {
		waits, err = f.openState(ctx, name, sealed)
	}
	if err != nil {
		f.warn("what waits in " + f.Spool + " for the store is left there: " + err.Error())
		return now, nil
	}
	for waits.write != now.write && waits.generation > now.generation {
		waits.version = now.version
		next, err := f.swap(ctx, name, waits)
		if err == nil {
			now = next
			break
		}
		if !errors.Is(err, engine.ErrMoved) {
			return now, err
		}
		if now, err = f.stands(ctx, name); err != nil {
			return now, err
		}
	}
	if waits.write != now.write {
		f.warn("an answer of the server that waited on this machine came too late for the store, and is dropped")
	}
	return now, at.remove(name)
}
