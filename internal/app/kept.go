package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/shown"
	"authctl/internal/store"
)

// Kept is what a person may know of a record: never a token.
type Kept struct {
	Key            string
	Profile, Grant string
	TokenType      string
	Scope          string
	Missing        string    // the asked scopes that were not granted
	Asked          string    // beside a session: for what, such as "scope a b"
	Expires        time.Time // of the access token; zero when unknown
	Refreshable    bool      // a refresh token is kept
	RefreshExpires time.Time // zero when unknown
}

// Kept lists the kept tokens of one profile, "" for all, ordered by their keys.
func (a *App) Kept(ctx context.Context, profileName string) ([]Kept, error) {
	list, err := a.records(ctx, profileName)
	if err != nil {
		return nil, err
	}
	var all []Kept
	for _, e := range list {
		set := e.Record.Set
		if set.AccessToken.IsZero() && set.RefreshToken.IsZero() {
			continue // a pointer to a session, a key alone, or an answer that is being checked
		}
		asked := acquire.BesideFor(e.Record)
		if asked != "" && !slices.ContainsFunc(list, func(o store.Entry) bool { return acquire.IsBeside(e.Record, o.Record) }) {
			continue // of a session that is no more: nothing uses it
		}
		all = append(all, Kept{
			Key: e.Key, Profile: e.Record.Profile, Grant: e.Record.Grant, TokenType: set.TokenType, Scope: set.Scope, Missing: set.Missing, Asked: asked,
			Expires: set.ExpiresAt, Refreshable: !set.RefreshToken.IsZero(), RefreshExpires: set.RefreshExpires,
		})
	}
	return all, nil
}

// Known is the fault of a profile that is in no file and of which nothing is
// kept: a name that was mistyped. What an older file named may still be kept.
func (a *App) Known(ctx context.Context, profileName string) error {
	unknown := config.Known(a.Settings, profileName)
	if unknown == nil || profileName == "" {
		return nil
	}
	list, err := a.records(ctx, profileName)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return nil
	}
	return unknown
}

// records are what servers granted: the user's own sealed secrets are left out.
func (a *App) records(ctx context.Context, profileName string) ([]store.Entry, error) {
	s, err := a.Stores()
	if err != nil {
		return nil, err
	}
	list, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	mine := list[:0]
	for _, e := range list {
		if e.Record.Grant != vaultGrant && (profileName == "" || e.Record.Profile == profileName) {
			mine = append(mine, e)
		}
	}
	return mine, nil
}

// Forgotten is what a logout did.
type Forgotten struct {
	Records, Revoked int
	// Browser are the addresses where a person ends the logins in the browser.
	Browser []shown.Address
}

// Forget revokes, where revoke is set and the server can, and forgets
// everything kept for one profile, "" for all. That a server could not be
// told is a warning: what is here is forgotten all the same.
func (a *App) Forget(ctx context.Context, profileName string, revoke bool) (Forgotten, error) {
	var done Forgotten
	var first error
	// What stands beside a session is looked for when the session is gone: until
	// then another process may add to it.
	for _, part := range []func([]store.Entry) []store.Entry{sessions, besides} {
		list, err := a.records(ctx, profileName)
		if err != nil {
			return done, err
		}
		for _, e := range part(list) {
			err := a.forget(ctx, e, revoke, &done)
			if ctx.Err() != nil {
				return done, ctx.Err()
			}
			if err != nil && first == nil {
				first = fault.In(e.Record.Profile, err)
			}
		}
	}
	return done, first
}

// besides are the tokens that were asked for beside a session.
func besides(list []store.Entry) []store.Entry {
	return slices.DeleteFunc(list, func(e store.Entry) bool { return acquire.BesideFor(e.Record) == "" })
}

// sessions are all others, pointers to sessions first.
func sessions(list []store.Entry) []store.Entry {
	return pointersFirst(slices.DeleteFunc(list, func(e store.Entry) bool { return acquire.BesideFor(e.Record) != "" }))
}

// pointersFirst: who is cut off between the two leaves a session that nothing
// points to, and not a profile whose session is gone.
func pointersFirst(list []store.Entry) []store.Entry {
	var first, then []store.Entry
	for _, e := range list {
		if e.Record.Session != "" {
			first = append(first, e)
		} else {
			then = append(then, e)
		}
	}
	return append(first, then...)
}

// forget holds the record's lock, so that a refresh under way in another
// process does not bring it back.
func (a *App) forget(ctx context.Context, e store.Entry, revoke bool, done *Forgotten) error {
	s, err := a.Stores()
	if err != nil {
		return err
	}
	unlock, err := s.Lock(ctx, acquire.LockOf(e.Key))
	if err != nil {
		return err
	}
	defer unlock()
	switch again, err := s.Get(ctx, e.Key); {
	case errors.Is(err, store.ErrAbsent):
		return nil // another logout was quicker
	case err == nil:
		e.Record = again // refreshed while we waited
	}
	if revoke {
		revoked, err := a.revoke(ctx, e.Record)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			a.Warn(e.Record.Profile + ": the server did not revoke the token: " + err.Error())
		}
		if revoked {
			done.Revoked++
		}
	}
	done.Records++
	if err := s.Delete(ctx, e.Key); err != nil {
		return err
	}
	if !revoke {
		return nil // the server is not to be asked anything
	}
	if address := a.logoutAddress(ctx, e.Record); address != (shown.Address{}) && !slices.Contains(done.Browser, address) {
		done.Browser = append(done.Browser, address)
	}
	return nil
}

// revoke tells the server (RFC 7009), where the profile or its discovery
// names a revocation endpoint. Revoking a refresh token ends its access
// tokens as well (2.1), so one request is enough.
func (a *App) revoke(ctx context.Context, r store.Record) (bool, error) {
	set := r.Set
	if left := acquire.Unverified(r); !left.RefreshToken.IsZero() || set.AccessToken.IsZero() {
		set = left // of an answer that a crash left: what stands before it is spent
	}
	t, hint := set.RefreshToken, "refresh_token"
	if t.IsZero() && (set.FreshFor(0, a.Sys.Now()) || set.ExpiresAt.IsZero()) {
		t, hint = set.AccessToken, "access_token"
	}
	if t.IsZero() {
		return false, nil
	}
	return a.revokeToken(ctx, r, t, hint)
}

func (a *App) revokeToken(ctx context.Context, r store.Record, t secret.Text, hint string) (bool, error) {
	p, err := config.LoadProfile(a.Settings, r.Profile)
	if err != nil {
		return false, err
	}
	// The profile may have been edited since, or be another file's of the same name.
	if now := acquire.Server(p); r.Server != now {
		return false, fault.New(fault.Config, "it was granted by %s, and the profile now names %s", r.Server, now)
	}
	acq, err := a.Acquirer(p)
	if err != nil {
		return false, err
	}
	return acq.Revoke(ctx, p, t, hint)
}

// StorePlace is the kind of store in use and its folder, "" where nothing is kept.
func (a *App) StorePlace() (kind, folder string, err error) {
	s, err := a.Stores()
	if err != nil {
		return "", "", err
	}
	return s.Kind(), s.Folder(), nil
}
