package acquire

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// spendBeside spends the refresh token of session, under its lock, in the order
// of every refresh (docs/store.md).
func (a *Acquirer) spendBeside(ctx context.Context, w wish, lock locked, session store.Record) (token.Set, error) {
	if session.Set.RefreshToken.IsZero() {
		return token.Set{}, a.noneToSpend(w.profile, session)
	}
	if err := ctx.Err(); err != nil {
		return token.Set{}, err
	}
	way := a.steadyOneUse(ctx, lock, refreshing(w.profile, session.Grant))
	defer way.end()
	ctx = context.WithoutCancel(ctx)
	interrupted := session.Intent
	a.adopt(session)
	session, err := a.identified(session)
	if err != nil {
		return token.Set{}, err
	}
	session.Intent = a.Now()
	if err := a.Store.Put(ctx, lock.key, session); err != nil {
		return token.Set{}, notSpent(err)
	}
	answer, scope, err := a.askToken(way.ctx, w.asked, w.grant(session.Set.RefreshToken), way.leave)
	if err != nil && !way.gone() {
		return token.Set{}, a.unspent(ctx, lock.key, session, interrupted, err)
	}
	if err != nil {
		return token.Set{}, a.besideFailed(ctx, w, lock, session, interrupted, err)
	}
	return a.rotateBeside(ctx, w, lock, session, answer, scope, interrupted)
}

// grant carries what this call asked for and nothing that it did not: a refresh
// without a scope is for what was granted (RFC 6749 6).
func (w wish) grant(t secret.Text) grant.RefreshToken {
	g := grant.RefreshToken{Token: t, Audience: w.ask.Audience, Resource: w.ask.Resource}
	if len(w.ask.Scopes) > 0 {
		g.Scopes = w.asked.Scopes
	}
	return g
}

// identified gives the session an id, once. Refreshes keep it and a new login
// does not: what stood beside the old session is then of no use.
func (a *Acquirer) identified(session store.Record) (store.Record, error) {
	if session.Aux[sessionID] != "" {
		return session, nil
	}
	var id [16]byte
	if _, err := io.ReadFull(a.Rand, id[:]); err != nil {
		return session, fmt.Errorf("random bytes for a session's id: %w", err)
	}
	session.Aux = with(session.Aux, sessionID, hex.EncodeToString(id[:]))
	return session, nil
}

// rotateBeside makes the raw answer durable, then its refresh token the
// session's, and then keeps the access token.
func (a *Acquirer) rotateBeside(ctx context.Context, w wish, lock locked, session store.Record, answer endpoint.Answer, scope string, interrupted time.Time) (token.Set, error) {
	raw := holding(session, answer, interrupted)
	raw.Aux = withFact(raw.Aux, pendingSide)
	if a.Store.Put(ctx, lock.key, raw) != nil {
		_ = a.Store.Put(ctx, lock.key, refreshOnly(session, answer)) // as in rotate
	}
	interrupted = lock.cutOff(interrupted, answer.At)
	granted, err := validate(w.asked, answer, scope, a.Warn)
	if err == nil {
		granted, err = a.renewed(ctx, w.profile, session, granted)
	}
	if err != nil {
		a.late(ctx, w.profile, lock.key, endpoint.Salvage(answer), a.Store.Put(ctx, lock.key, refreshOnly(session, answer)))
		return token.Set{}, err
	}
	session = inherits(session, granted)
	session.Aux = afterRefresh(session.Aux, interrupted)
	if len(w.ask.Params) > 0 {
		session.Aux = withFact(session.Aux, switched)
	}
	if key, err := a.privateKey(); err == nil && key != nil {
		session.PrivateKey = key
	}
	if err := a.Store.Put(ctx, lock.key, session); err != nil {
		a.late(ctx, w.profile, lock.key, granted, err)
		return token.Set{}, notKept(err)
	}
	granted.RefreshToken, granted.RefreshExpires = secret.Text{}, time.Time{}
	if granted.Scope == "" {
		granted.Scope = session.Set.Scope // none asked and none named: that of the session (RFC 6749 6)
	}
	return a.keepBeside(ctx, w, lock.key, session, granted), nil
}

// inherits is session after an answer for another API: the refresh token is
// its own, the access token and the scopes are not.
func inherits(session store.Record, granted token.Set) store.Record {
	next := successor(session.Set, granted)
	session.Set.RefreshToken, session.Set.RefreshExpires = next.RefreshToken, next.RefreshExpires
	return settled(session)
}

// keepBeside keeps an access token beside the session of key, and gives it
// with its lifetime.
func (a *Acquirer) keepBeside(ctx context.Context, w wish, key string, session store.Record, set token.Set) token.Set {
	name := grant.RefreshToken{}.Name()
	set = lasting(w.profile, name, true, set, a.Warn)
	if !w.profile.Token.SingleUse {
		side := a.record(w.asked, name, "", set)
		side.Aux = map[string]string{besideID: session.Aux[sessionID], besideAsked: w.ask.text()}
		_ = a.keep(ctx, w.key(key), side) // it has no lock of its own that another could take over
	}
	return set
}

// besideFailed: a refusal ends no session here, because it may be about what was
// asked for; a server that spends the refresh token all the same ends it, and the
// command that finds out can say so. invalid_grant may be about either; a plain refresh tells.
func (a *Acquirer) besideFailed(ctx context.Context, w wish, lock locked, session store.Record, interrupted time.Time, failure error) error {
	if refusedGrant(failure) {
		session.Intent = interrupted
		if _, err := a.refreshLocked(ctx, w.profile, lock, session); err != nil {
			return err
		}
		return loginBecause(w.profile, session, "the session is good, but not for "+w.ask.text()+": "+failure.Error(), failure)
	}
	if !a.rescue(ctx, w.profile, lock.key, session, failure) && answeredUnspent(failure) {
		session.Intent, session.Aux = time.Time{}, with(session.Aux, sideRefused, w.ask.text())
		_ = a.Store.Put(ctx, lock.key, session)
	}
	failure = personNeeded(w.profile, session, failure)
	var f *fault.Error
	if errors.As(failure, &f) && decidedAs(failure, []string{"invalid_scope", "invalid_target"}) { // RFC 6749 5.2, RFC 8707 2
		return f.Hint("%s", LoginCommand(w.profile, session.Grant))
	}
	return failure
}

// noneToSpend is a session without a refresh token.
func (a *Acquirer) noneToSpend(p *profile.Profile, session store.Record) error {
	if session.Aux[endedBecause] != "" {
		return a.over(p, session)
	}
	f := loginRequired(p, session.Grant, "the session came without a refresh token, and its own token is good for nothing else")
	if interactive(p.Grant) && !slices.Contains(p.Scopes, "offline_access") {
		f.Hints = append([]string{"many servers give one for the scope offline_access: add it to scopes in profile " + p.Name}, f.Hints...)
	}
	return f
}
