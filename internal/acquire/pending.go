package acquire

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// pendingEnd ends the key under which a raw answer stands that is to begin a
// session and has not passed every check: what was not verified is never the
// session (docs/store.md).
const pendingEnd = "-pending"

// LockOf is the key whose lock covers what is kept under key.
func LockOf(key string) string { return strings.TrimSuffix(key, pendingEnd) }

// turnStart begins the key of the lock that logins take, one after the other.
const turnStart = "login-"

// Turn is the key of the lock for a login that is kept under key, and TurnFor the way back.
func Turn(key string) string { return turnStart + key }

// TurnFor is what a login is to be kept under whose turn has that key; any other key is itself.
func TurnFor(key string) string { return strings.TrimPrefix(key, turnStart) }

// giveBackLimit bounds telling a server that what it granted is not wanted.
const giveBackLimit = 5 * time.Second

// answerOf is the raw answer that waits in rec.
func answerOf(rec store.Record) endpoint.Answer {
	return endpoint.Answer{Body: rec.Pending, Header: http.Header{"Content-Type": {rec.PendingType}}, At: rec.Intent}
}

// holding is rec with the raw answer in waiting. interrupted is when a refresh before
// was cut off, zero for none: who takes the answer up, should we be killed, knows no other way.
func holding(rec store.Record, answer endpoint.Answer, interrupted time.Time) store.Record {
	rec.Pending, rec.PendingType, rec.Intent = answer.Body, answer.Header.Get("Content-Type"), answer.At
	if !interrupted.IsZero() {
		rec.Aux = withFact(rec.Aux, cutOff)
	}
	return rec
}

// Unverified are the tokens of a raw answer that waits in rec.
func Unverified(rec store.Record) token.Set {
	if len(rec.Pending) == 0 {
		return token.Set{}
	}
	return endpoint.Salvage(answerOf(rec))
}

// partOf is what came of the answer that failure says broke off.
func partOf(failure error) (part endpoint.Answer) {
	var lost *endpoint.SendError
	if errors.As(failure, &lost) {
		part = lost.Part
	}
	return part
}

// rescue makes the refresh token durable that came before the answer broke off:
// the one of rec is spent then.
func (a *Acquirer) rescue(ctx context.Context, p *profile.Profile, key string, rec store.Record, failure error) (rescued bool) {
	part := partOf(failure)
	granted := endpoint.Salvage(part)
	if rescued = !granted.RefreshToken.IsZero(); rescued {
		a.late(ctx, p, key, granted, a.Store.Put(ctx, key, refreshOnly(rec, part)))
	}
	return rescued
}

// hold makes an answer durable that is to become the session of key. Where it
// finds no room the checks go on without: nothing is lost that would be kept.
func (a *Acquirer) hold(ctx context.Context, p *profile.Profile, grantName, key string, answer endpoint.Answer) {
	rec := store.Record{Profile: p.Name, Grant: grantName, Server: Server(p)}
	_ = a.Store.Put(ctx, key+pendingEnd, holding(rec, answer, time.Time{}))
}

// drop forgets the answer that was held for key; where the outcome is not
// wanted the server is told first.
func (a *Acquirer) drop(ctx context.Context, p *profile.Profile, key string, unwanted token.Set) {
	a.giveBack(ctx, p, unwanted)
	_ = a.Store.Delete(ctx, key+pendingEnd)
}

// giveBack revokes tokens that nobody will use. A server that cannot, or does
// not answer, has been told nothing; they end by themselves.
func (a *Acquirer) giveBack(ctx context.Context, p *profile.Profile, set token.Set) {
	ctx, cancel := context.WithTimeout(ctx, giveBackLimit)
	defer cancel()
	switch {
	case !set.RefreshToken.IsZero(): // ends its access tokens as well (RFC 7009 2.1)
		_, _ = a.Revoke(ctx, p, set.RefreshToken, "refresh_token")
	case !set.AccessToken.IsZero():
		_, _ = a.Revoke(ctx, p, set.AccessToken, "access_token")
	}
}

// Revoke tells p's server to forget a token (RFC 7009); hint is its
// token_type_hint. It is false where the server has no endpoint for that.
func (a *Acquirer) Revoke(ctx context.Context, p *profile.Profile, t secret.Text, hint string) (bool, error) {
	at := p.RevocationURL
	if e, err := a.Metadata.Resolve(ctx, p, metadata.NeedRevocation); err == nil {
		at = e.Revocation
	}
	if at == "" {
		return false, nil
	}
	form := *p
	form.Request.Encoding = "form" // RFC 7009 2.1, whatever the token endpoint wants
	_, err := a.Call(ctx, &form, "revocation_url", at, func(r *endpoint.Request) error {
		r.SetSecret("token", t)
		r.Set("token_type_hint", hint)
		return nil
	})
	return err == nil, err
}

// take is lock, and the end of what a crash left of a login or an exchange
// under key: nobody can check that answer any more, so its tokens are revoked
// and it is dropped.
func (a *Acquirer) take(ctx context.Context, p *profile.Profile, key string) (locked, error) {
	lease, err := a.lock(ctx, key)
	if err != nil {
		return locked{}, err
	}
	lock := locked{lease, key}
	rec, err := a.Store.Get(ctx, key+pendingEnd)
	if err != nil {
		return lock, nil
	}
	kept, err := a.Store.Get(ctx, key)
	switch {
	case err == nil && !kept.Set.ObtainedAt.Before(rec.Intent):
		// The crash came after the answer had become the session, which may have
		// been refreshed since: revoking what it began with would end it.
		a.drop(ctx, p, key, token.Set{})
	case err == nil, errors.Is(err, store.ErrAbsent):
		New(a.Deps).drop(ctx, p, key, Unverified(rec)) // with no DPoP key of this command
	}
	return lock, nil
}
