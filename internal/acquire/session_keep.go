package acquire

import (
	"context"
	"errors"
	"time"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/store"
)

// refusedByAPI ends a session that was kept because nobody knew how long its
// token is good: now that is known.
func (a *Acquirer) refusedByAPI(ctx context.Context, key string, rec store.Record) store.Record {
	if _, said := rec.Set.Expiry(); said || !isSession(rec) || !rec.Set.RefreshToken.IsZero() {
		return rec
	}
	rec.Set.KeepUntil = time.Time{}
	rec.Aux = map[string]string{endedBecause: "the API refused its token, which nothing can renew"}
	_ = a.Store.Put(context.WithoutCancel(ctx), key, rec)
	return rec
}

// keepSession makes rec durable and, when it lives under a subject's key, the
// profile's session.
func (a *Acquirer) keepSession(ctx context.Context, p *profile.Profile, key string, rec store.Record) error {
	ctx = context.WithoutCancel(ctx)
	if rec.Set.RefreshToken.IsZero() && (p.Token.SingleUse || !lasts(rec.Set)) {
		return nil
	}
	if err := a.Store.Put(ctx, key, rec); err != nil {
		return notKept(err)
	}
	if Key(p, "") == key {
		return nil
	}
	if err := a.setPointer(ctx, p, key, rec.Grant); err != nil {
		return notKept(err)
	}
	return nil
}

// setPointer makes what is kept under key the profile's session. A token by the
// own grant that is being asked for is kept under the same lock, and would
// otherwise be written over the pointer.
func (a *Acquirer) setPointer(ctx context.Context, p *profile.Profile, key, grantName string) error {
	own := Key(p, "")
	lock, err := a.take(ctx, p, own)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	err = a.Store.Put(ctx, own, store.Record{Profile: p.Name, Grant: grantName, Session: key})
	if overtaken(err) {
		lock.Unlock()
		return a.setPointer(ctx, p, key, grantName)
	}
	return err
}

func notKept(err error) error {
	return advised(fault.New(fault.Store, "the token was granted but could not be kept: %w", err))
}

func notSpent(err error) error {
	return advised(fault.New(fault.Store, "the refresh token was not spent, because its successor could not be kept: %w", err))
}

// advised hands on what the store says would fix it.
func advised(f *fault.Error) *fault.Error {
	var inner *fault.Error
	if errors.As(f.Err, &inner) {
		f.Hints = append(f.Hints, inner.Hints...)
	}
	return f
}
