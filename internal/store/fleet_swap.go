package store

import (
	"context"
	"encoding/hex"
	"errors"
	"io"

	"authctl/internal/engine"
	"authctl/internal/fault"
)

// swap writes s where its version still stands, and gives it with the new one.
func (f *fleet) swap(ctx context.Context, name string, s state) (state, error) {
	var err error
	if s.write == "" {
		s.write, err = f.random()
	}
	if err != nil {
		return s, err
	}
	b, err := f.sealState(ctx, name, s)
	if err != nil {
		return s, err
	}
	v, err := f.Engine.Swap(ctx, name, b, s.version)
	if errors.Is(err, engine.ErrUnknown) {
		var now state
		if now, err = f.look(ctx, name); err == nil && now.write != s.write {
			err = engine.ErrMoved // or ours, and another's since: each step above bears that
		}
		v = now.version
	}
	if err == nil {
		s.version, s.age = v, 0
	}
	return s, f.broken("write", err)
}

// random is a name that nobody else has.
func (f *fleet) random() (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(f.rand, id[:]); err != nil {
		return "", fault.New(fault.Internal, "no random bytes: %w", err)
	}
	return hex.EncodeToString(id[:]), nil
}

// broken is a failure of the engine as one of the store.
func (f *fleet) broken(doing string, err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, engine.ErrMoved) || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.New(fault.Store, "the %s store could not be used to %s a record: %w", f.kind, doing, err).
		Hint("--store none asks without keeping, which is the user's own choice")
}

// changed tries change on what stands under name until it is written. change
// says that there is nothing to write.
func (f *fleet) changed(ctx context.Context, name string, change func(*state) (none bool)) error {
	for began, pause := f.Boot(), firstPause; ; pause = longer(pause) {
		s, err := f.look(ctx, name)
		if err != nil || change(&s) {
			return err
		}
		s.write = ""
		if _, err = f.swap(ctx, name, s); !errors.Is(err, engine.ErrMoved) {
			return err
		}
		if f.Boot()-began > f.Limits.Wait {
			return f.outrun(name)
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// outrun is a failure to write before others for as long as is waited for them.
func (f *fleet) outrun(name string) error {
	return fault.New(fault.Store, "others have written %s again and again for %s: nothing was written", name, f.Limits.Wait).Hint("repeat it")
}
