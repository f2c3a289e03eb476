package acquire

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// read gives p's record under key, an empty one when nothing is kept. A raw
// answer that a crash left unvalidated is taken up first.
func (a *Acquirer) read(ctx context.Context, p *profile.Profile, key string) (store.Record, error) {
	rec, err := a.Store.Get(ctx, key)
	if errors.Is(err, store.ErrAbsent) {
		return store.Record{}, nil
	}
	if err != nil {
		return store.Record{}, err
	}
	return a.promote(p, rec), nil
}

// promote turns a pending raw answer into the record's token set. An answer
// that cannot be read is dropped: the old set stays.
func (a *Acquirer) promote(p *profile.Profile, rec store.Record) store.Record {
	if len(rec.Pending) == 0 {
		return rec
	}
	set, err := a.validate(p, rec.Pending, rec.Set.Scope, rec.Intent)
	rec.Pending = nil
	switch {
	case set.AccessToken.IsZero():
		return rec
	case err != nil:
		return refreshOnly(rec, set)
	}
	set.IDToken = secret.Text{} // nobody has verified it
	rec.Set = successor(rec.Set, set)
	rec.Intent = time.Time{}
	return rec
}

// refreshOnly is rec after an answer that must not be used. Its refresh token
// is taken up all the same: the one before it is spent.
func refreshOnly(rec store.Record, granted token.Set) store.Record {
	if !granted.RefreshToken.IsZero() {
		rec.Set.RefreshToken, rec.Set.RefreshExpires = granted.RefreshToken, granted.RefreshExpires
	}
	rec.Pending, rec.Intent = nil, time.Time{}
	return rec
}

// successor keeps what a refresh answer left out: the refresh token (RFC 6749
// 6) and the id_token of the login.
func successor(old, granted token.Set) token.Set {
	if granted.RefreshToken.IsZero() {
		granted.RefreshToken = old.RefreshToken
		if granted.RefreshExpires.IsZero() {
			granted.RefreshExpires = old.RefreshExpires
		}
	}
	if granted.IDToken.IsZero() {
		granted.IDToken = old.IDToken
	}
	if granted.Scope == "" {
		granted.Scope = old.Scope
	}
	return granted
}

// record is what is kept of a grant.
func (a *Acquirer) record(p *profile.Profile, grantName, subject string, set token.Set) store.Record {
	rec := store.Record{Profile: p.Name, Grant: grantName, Server: Server(p), Subject: subject, Set: set}
	if key, err := a.privateKey(); err == nil {
		rec.PrivateKey = key
	}
	return rec
}

// Server is the origin of p's authorization server.
func Server(p *profile.Profile) string {
	at := p.TokenURL
	if at == "" {
		at = p.Issuer
	}
	u, err := url.Parse(at)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// keep stores a token that could be fetched again; failing is one warning. A
// set without a usable lifetime is not kept.
func (a *Acquirer) keep(ctx context.Context, key string, rec store.Record) {
	if rec.Set.ExpiresAt.IsZero() {
		return
	}
	// The token was granted: an interrupt now must not throw it away.
	if err := a.Store.Put(context.WithoutCancel(ctx), key, rec); err != nil {
		a.Warn(fmt.Sprintf("the token could not be kept: %v", err))
	}
}

// validate reads a token response and checks its type against the profile.
// One of the wrong type is returned beside the error, for its refresh token.
func (a *Acquirer) validate(p *profile.Profile, body []byte, asked string, at time.Time) (token.Set, error) {
	set, err := endpoint.ParseToken(body, asked, at)
	if err != nil {
		return token.Set{}, fault.New(fault.Network, "%w", err).Hint("check token_url of profile %s; -v shows the exchange", p.Name)
	}
	if p.Token.IDTokenExpiry {
		set.ExpiresAt = noLaterThan(set.ExpiresAt, set.IDToken.Reveal())
	}
	if p.DPoP.Enabled && !strings.EqualFold(set.TokenType, "DPoP") {
		// RFC 9449 5: a token that is not bound to the key is of another type.
		return set, fault.New(fault.Invalid, "the server granted a %s token where DPoP was asked", endpoint.Clean(set.TokenType)).
			Hint("dpop.enabled: false in profile %s, if the server binds no tokens", p.Name)
	}
	return set, nil
}

// noLaterThan is expiry, or the id_token's exp where that is earlier. The
// token came over TLS from the server itself, and only shortens a life: its
// signature need not be looked at here.
func noLaterThan(expiry time.Time, idToken string) time.Time {
	t, err := jwt.Parse(idToken)
	if err != nil || t.Claims == nil {
		return expiry
	}
	end, err := t.Claims.Time("exp")
	if err != nil || end.IsZero() || (!expiry.IsZero() && expiry.Before(end)) {
		return expiry
	}
	return end
}
