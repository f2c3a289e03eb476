package acquire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"authctl/internal/endpoint"
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
	return promote(p, rec), nil
}

// promote turns the raw answer of a refresh into the record's token set. An
// answer that must not be used is dropped, but for its refresh token.
func promote(p *profile.Profile, rec store.Record) store.Record {
	if len(rec.Pending) == 0 {
		return rec
	}
	answer := answerOf(rec)
	set, err := validate(p, answer, rec.Set.Scope, silent)
	if err != nil {
		return refreshOnly(rec, answer)
	}
	if rec.Aux[pendingSide] != "" {
		return inherits(rec, set)
	}
	set.IDToken = secret.Text{} // nobody has verified it
	rec.Set = successor(rec.Set, lasting(p, rec.Grant, true, set, silent))
	return settled(rec)
}

// settled is rec with no request under way.
func settled(rec store.Record) store.Record {
	rec.Pending, rec.PendingType, rec.Intent = nil, "", time.Time{}
	rec.Aux = without(rec.Aux, pendingSide)
	return rec
}

// refreshOnly is rec after an answer that must not be used. Its refresh token
// is taken up all the same: the one before it is spent. In an answer where none
// can be seen it may be lost, and the intent stays to say so.
func refreshOnly(rec store.Record, answer endpoint.Answer) store.Record {
	intent := rec.Intent
	rec = settled(rec)
	if granted := endpoint.Salvage(answer); granted.RefreshToken.IsZero() {
		rec.Intent = intent
	} else {
		rec.Set.RefreshToken, rec.Set.RefreshExpires = granted.RefreshToken, granted.RefreshExpires
	}
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
	if granted.Extra.IsZero() {
		granted.Extra = old.Extra
	}
	if granted.Scope == "" {
		granted.Scope = old.Scope
	}
	// What a refresh asks for is what was granted before: what the login did not get is still missing.
	still := token.Without(old.Missing, append(strings.Fields(granted.Scope), strings.Fields(granted.Missing)...))
	granted.Missing = strings.TrimSpace(still + " " + granted.Missing)
	return granted
}

// record is what is kept of a grant.
func (a *Acquirer) record(p *profile.Profile, grantName, subject string, set token.Set) store.Record {
	rec := store.Record{Profile: p.Name, Grant: grantName, Server: Server(p), Subject: subject, Set: set, Aux: besideClaims(p)}
	if key, err := a.privateKey(); err == nil {
		rec.PrivateKey = key
	}
	return rec
}

// Server is the origin of p's authorization server.
func Server(p *profile.Profile) string {
	u, err := url.Parse(cmp.Or(p.TokenURL, p.DiscoveryURL, p.Issuer))
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// keep stores a token that could be fetched again; failing is one warning, and an
// error where another took over. A set without a usable lifetime is not kept.
func (a *Acquirer) keep(ctx context.Context, key string, rec store.Record) error {
	if !lasts(rec.Set) {
		return nil
	}
	// The token was granted: an interrupt now must not throw it away.
	err := a.Store.Put(context.WithoutCancel(ctx), key, rec)
	if err != nil && !overtaken(err) {
		a.Warn(fmt.Sprintf("the token could not be kept: %v", err))
		err = nil
	}
	return err
}
