package flows

import (
	"context"
	"errors"

	"authctl/internal/acquire"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/store"
)

// turn waits until no other process is logging in to p. done is nil when that
// one's outcome, shared, will do. The lock is the login's own: whoever wants
// the profile's kept token takes another one, and waits for nobody.
func (d Deps) turn(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, o Options) (done func(), shared acquire.Result, err error) {
	key, waited := acquire.Key(p, ""), false
	began := d.Now()
	done, err = d.Turns.Turn(ctx, acquire.Turn(key), func() {
		waited = true
		d.Terminal.Note("Another login of %s is in progress; waiting for it.", p.Name)
	})
	if err != nil || !waited || len(o.Params) > 0 {
		return done, acquire.Result{}, err
	}
	rec, err := d.Turns.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrAbsent) {
		done()
		return nil, acquire.Result{}, err
	}
	if err != nil || rec.Grant != (grant.AuthorizationCode{}).Name() || rec.Set.ObtainedAt.Before(began) {
		return done, acquire.Result{}, nil // the other one failed
	}
	done()
	shared, err = acq.Token(ctx, p, acquire.Options{}) // with the key that a DPoP token is bound to
	return nil, shared, err
}
