package acquire

import (
	"context"
	"errors"
	"fmt"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// Refresh spends the kept refresh token of the profile's session and keeps
// the new set. asked is p, or p with the overrides of this one request.
func (a *Acquirer) Refresh(ctx context.Context, p, asked *profile.Profile) (token.Set, error) {
	key := Key(p, "")
	rec, err := a.read(ctx, p, key)
	if err != nil {
		return token.Set{}, err
	}
	if rec.Session != "" {
		key = rec.Session
	}
	set, err := a.refreshSession(ctx, p, asked, key)
	if errors.Is(err, errMoved) || overtaken(err) {
		return a.Refresh(ctx, p, asked)
	}
	return set, err
}

func (a *Acquirer) refreshSession(ctx context.Context, p, asked *profile.Profile, key string) (token.Set, error) {
	lock, err := a.take(ctx, p, key)
	if err != nil {
		return token.Set{}, err
	}
	defer lock.Unlock()
	rec, err := a.current(ctx, p, key)
	if err != nil {
		return token.Set{}, err
	}
	if err := a.unrefreshable(p, rec); err != nil {
		return token.Set{}, err
	}
	if Key(asked, "") != Key(p, "") {
		rec.Aux = withFact(rec.Aux, switched)
	}
	return a.refreshLocked(ctx, asked, lock, rec)
}

// RefreshWith spends a refresh token that was handed in and keeps the outcome
// as the profile's session.
func (a *Acquirer) RefreshWith(ctx context.Context, p, asked *profile.Profile, refreshToken secret.Text) (token.Set, error) {
	if err := a.Ready(ctx); err != nil {
		return token.Set{}, err
	}
	set, err := a.refreshWith(ctx, p, asked, refreshToken)
	if errors.Is(err, errMoved) {
		return a.RefreshWith(ctx, p, asked, refreshToken)
	}
	return set, err
}

func (a *Acquirer) refreshWith(ctx context.Context, p, asked *profile.Profile, refreshToken secret.Text) (token.Set, error) {
	key := Key(p, "")
	lock, err := a.take(ctx, p, key)
	if err != nil {
		return token.Set{}, err
	}
	defer lock.Unlock()
	if err := ctx.Err(); err != nil {
		return token.Set{}, err
	}
	steady := context.WithoutCancel(ctx)
	rec := store.Record{Profile: p.Name, Grant: grant.RefreshToken{}.Name(), Server: Server(p), Set: token.Set{RefreshToken: refreshToken}}
	held, err := a.read(steady, p, key)
	if err != nil {
		return token.Set{}, err
	}
	own := held.Set.RefreshToken.Reveal() == refreshToken.Reveal()
	if own {
		a.adopt(held) // the server may have bound it to the session's key (RFC 9449 5)
	}
	way := a.steadyOneUse(ctx, lock, refreshing(p, rec.Grant))
	defer way.end()
	answer, _, err := a.askToken(way.ctx, asked, grant.RefreshToken{Token: refreshToken}, way.leave)
	if overtaken(err) {
		return token.Set{}, errMoved
	}
	if err != nil {
		// A session that is kept stays as it is.
		if holdsSession(held) {
			a.giveBack(steady, p, endpoint.Salvage(partOf(err)))
		} else {
			a.rescue(steady, p, key, rec, err)
		}
		if refusedGrant(err) {
			return token.Set{}, foreignKey(p, own, loginBecause(p, rec, err.Error(), err))
		}
		return token.Set{}, personNeeded(p, rec, err)
	}
	if !holdsSession(held) {
		return a.rotate(steady, asked, lock, rec, answer, time.Time{})
	}
	return a.replace(steady, asked, key, rec, answer)
}

// foreignKey tells why a refresh token of elsewhere may be refused here.
func foreignKey(p *profile.Profile, own bool, refusal *fault.Error) error {
	if own || !p.DPoP.Enabled {
		return refusal
	}
	return refusal.Hint("a refresh token that is bound to a DPoP key (RFC 9449 5) is good only where that key is kept")
}

// replace is rotate where another session is kept, which only a refresh that
// succeeded may replace: the answer waits beside it.
func (a *Acquirer) replace(ctx context.Context, p *profile.Profile, key string, rec store.Record, answer endpoint.Answer) (token.Set, error) {
	a.hold(ctx, p, rec.Grant, key, answer)
	granted, err := validate(p, answer, "", a.Warn)
	if err != nil {
		a.drop(ctx, p, key, endpoint.Salvage(answer))
		return token.Set{}, err
	}
	rec.Set = successor(rec.Set, lasting(p, rec.Grant, true, granted, a.Warn))
	if rec.PrivateKey, err = a.privateKey(); err == nil {
		err = a.Store.Put(ctx, key, rec)
	}
	a.drop(ctx, p, key, token.Set{})
	if err != nil {
		return token.Set{}, notKept(err)
	}
	return rec.Set, nil
}

// refreshLocked is the order of docs/store.md, under the lock of rec: write
// the intent, POST, make the raw answer durable, validate, promote. Once the
// token is on its way no first signal comes between it and the durable write.
func (a *Acquirer) refreshLocked(ctx context.Context, p *profile.Profile, lock locked, rec store.Record) (token.Set, error) {
	if rec.Set.RefreshToken.IsZero() {
		return token.Set{}, a.over(p, rec)
	}
	if err := ctx.Err(); err != nil {
		return token.Set{}, err
	}
	steady := context.WithoutCancel(ctx)
	interrupted := rec.Intent
	a.adopt(rec)
	rec.Intent = a.Now()
	if err := a.Store.Put(steady, lock.key, rec); err != nil {
		return token.Set{}, notSpent(err)
	}
	way := a.steadyOneUse(ctx, lock, refreshing(p, rec.Grant))
	defer way.end()
	answer, _, err := a.askToken(way.ctx, p, grant.RefreshToken{Token: rec.Set.RefreshToken}, way.leave)
	if err != nil && !way.gone() {
		return token.Set{}, a.unspent(steady, lock.key, rec, interrupted, err)
	}
	if err != nil {
		return a.refreshFailed(steady, p, lock, rec, interrupted, err)
	}
	return a.rotate(steady, p, lock, rec, answer, interrupted)
}

// unspent is the failure of a refresh whose token never left: the intent is what it was.
func (a *Acquirer) unspent(ctx context.Context, key string, rec store.Record, interrupted time.Time, failure error) error {
	rec.Intent = interrupted
	_ = a.Store.Put(ctx, key, rec)
	return failure
}

// rotate makes the raw answer to a spent refresh token durable, validates it
// and promotes it, under its lock. interrupted is when a refresh before
// this one began that never finished, zero for none.
func (a *Acquirer) rotate(ctx context.Context, p *profile.Profile, lock locked, rec store.Record, answer endpoint.Answer, interrupted time.Time) (token.Set, error) {
	if a.Store.Put(ctx, lock.key, holding(rec, answer, interrupted)) != nil {
		// Where the raw answer finds no room beside the old set, the refresh token alone may.
		_ = a.Store.Put(ctx, lock.key, refreshOnly(rec, answer))
	}
	interrupted = lock.cutOff(interrupted, answer.At)
	granted, err := validate(p, answer, rec.Set.Scope, a.Warn)
	if err == nil {
		granted, err = a.renewed(ctx, p, rec, granted)
	}
	if err != nil {
		a.late(ctx, p, lock.key, endpoint.Salvage(answer), a.Store.Put(ctx, lock.key, refreshOnly(rec, answer)))
		return token.Set{}, err
	}
	rec.Set = successor(rec.Set, lasting(p, rec.Grant, true, granted, a.Warn))
	rec, rec.Aux = settled(rec), afterRefresh(rec.Aux, interrupted)
	if key, err := a.privateKey(); err == nil && key != nil {
		rec.PrivateKey = key
	}
	if err := a.Store.Put(ctx, lock.key, rec); err != nil {
		a.late(ctx, p, lock.key, granted, err)
		return token.Set{}, notKept(err)
	}
	return rec.Set, nil
}

// renewed has the id_token of a refreshed login judged. One that is wrong is an
// error; one that could not be judged just now is left out with a warning,
// because the access token beside it is as good as any. Of a login by password it
// is judged where an issuer can be known, as at its start.
func (a *Acquirer) renewed(ctx context.Context, p *profile.Profile, rec store.Record, granted token.Set) (token.Set, error) {
	g := profile.GrantNamed(rec.Grant)
	if a.Renewed == nil || granted.IDToken.IsZero() || !g.Login || p.Issuer == "" && p.DiscoveryURL == "" && !g.AtServer() {
		return granted, nil
	}
	err := a.Renewed(ctx, p, rec.Set, granted)
	if err != nil && fault.KindOf(err) != fault.Invalid {
		a.Warn(fmt.Sprintf("the new id_token is not kept, because it could not be verified: %v", err))
		granted.IDToken = secret.Text{}
		return granted, nil
	}
	return granted, err
}

// refreshFailed: invalid_grant ends the session, unless another process
// rotated the token meanwhile; then that one is used, once.
func (a *Acquirer) refreshFailed(ctx context.Context, p *profile.Profile, lock locked, spent store.Record, interrupted time.Time, failure error) (token.Set, error) {
	if !refusedGrant(failure) {
		if !a.rescue(ctx, p, lock.key, spent, failure) && answeredUnspent(failure) {
			spent.Intent = time.Time{}
			_ = a.Store.Put(ctx, lock.key, spent)
		}
		return token.Set{}, personNeeded(p, spent, failure)
	}
	now, err := a.read(ctx, p, lock.key)
	if err == nil && !now.Set.RefreshToken.IsZero() && now.Set.RefreshToken.Reveal() != spent.Set.RefreshToken.Reveal() {
		if now.Set.FreshFor(p.Token.MinTTL, a.Now()) {
			return now.Set, nil
		}
		answer, _, err := a.askToken(ctx, p, grant.RefreshToken{Token: now.Set.RefreshToken}, func() error { return lock.hold(ctx) })
		if err == nil {
			return a.rotate(ctx, p, lock, now, answer, time.Time{})
		}
		if !refusedGrant(err) {
			a.rescue(ctx, p, lock.key, now, err)
			return token.Set{}, err // the other one's token may still be good: it stays
		}
	}
	return token.Set{}, a.ended(ctx, p, lock.key, spent, interrupted, failure)
}
