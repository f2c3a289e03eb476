package session

import (
	"context"
	"errors"
	"slices"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/shown"
	"authctl/internal/store"
)

// Forgotten is what a logout did.
type Forgotten struct {
	Records, Revoked int
	Alive            int // refresh tokens that are still good at the server
	Unread           int // what cannot be opened here, whosever it is: it stays
	// Browser are the addresses where a person ends the logins in the browser.
	Browser []shown.Address
}

// Forget revokes, where revoke is set and the server can, and forgets
// everything kept for one profile, "" for all. That a server could not be
// told is a warning: what is here is forgotten all the same.
func (s Sessions) Forget(ctx context.Context, profileName string, revoke bool) (Forgotten, error) {
	var done Forgotten
	var first error
	// What stands beside a session is looked for when the session is gone: until
	// then another process may add to it.
	for _, part := range []func([]store.Entry) []store.Entry{sessions, besides} {
		whole, err := s.Store.All(ctx)
		if err != nil {
			return done, err
		}
		done.Unread = 0
		for _, e := range whole {
			if e.Unread {
				done.Unread++
			}
		}
		for _, e := range part(recordsOf(whole, profileName)) {
			err := s.forget(ctx, e, revoke, &done)
			if ctx.Err() != nil {
				return done, ctx.Err()
			}
			if err != nil && first == nil {
				first = fault.In(e.Record.Profile, err)
			}
		}
	}
	if first == nil {
		first = s.sealedAway(ctx, profileName)
	}
	return done, first
}

// sealedAway is an error where a record that is the profile's by its name cannot be
// opened, and so is on no list: it stays, for those who can.
func (s Sessions) sealedAway(ctx context.Context, profileName string) error {
	if profileName == "" {
		return nil // the list has warned
	}
	p, err := s.Profile(profileName)
	if err != nil {
		return nil //nolint:nilerr // of a profile that is in no file the name is not known
	}
	if _, err = s.Store.Get(ctx, acquire.Key(p, "")); errors.Is(err, store.ErrAbsent) {
		return nil
	}
	return fault.In(profileName, err)
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
func (s Sessions) forget(ctx context.Context, e store.Entry, revoke bool, done *Forgotten) error {
	lock, err := s.Store.Lock(ctx, acquire.LockOf(e.Key))
	if err != nil {
		return err
	}
	defer lock.Unlock()
	switch again, err := s.Store.Get(ctx, e.Key); {
	case errors.Is(err, store.ErrAbsent):
		return nil // another logout was quicker
	case err == nil:
		e.Record = again // refreshed while we waited
	}
	token, hint := s.toRevoke(e.Record)
	alive := hint == refreshToken && !gone(e.Record.Set.RefreshExpires, s.Now())
	if revoke {
		if err := lock.Hold(ctx); errors.Is(err, store.ErrOvertaken) {
			return s.forget(ctx, e, revoke, done) // refreshed meanwhile
		} else if err != nil {
			return err
		}
		revoked, err := s.revoke(ctx, e.Record, token, hint)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.Warn(e.Record.Profile + ": the server did not revoke the token: " + err.Error())
		}
		switch {
		case revoked:
			done.Revoked++
			alive = false
		case err == nil && alive:
			s.Warn(e.Record.Profile + ": no revocation endpoint of the server is known (revocation_url): it was told nothing")
		}
	}
	if alive {
		done.Alive++
	}
	done.Records++
	if err := s.Store.Delete(ctx, e.Key); err != nil {
		return err
	}
	if !revoke {
		return nil // the server is not to be asked anything
	}
	if address := s.logoutAddress(ctx, e.Record); address != (shown.Address{}) && !slices.Contains(done.Browser, address) {
		done.Browser = append(done.Browser, address)
	}
	return nil
}

// RFC 7009 2.1.
const accessToken, refreshToken = "access_token", "refresh_token"

// toRevoke is what the server is told of, with what it is, none where nothing kept is
// good any more. Revoking a refresh token ends its access tokens as well (RFC 7009
// 2.1), so one request is enough.
func (s Sessions) toRevoke(r store.Record) (t secret.Text, hint string) {
	set := r.Set
	if left := acquire.Unverified(r); !left.RefreshToken.IsZero() || set.AccessToken.IsZero() {
		set = left // of an answer that a crash left: what stands before it is spent
	}
	switch _, said := set.Expiry(); {
	case !set.RefreshToken.IsZero():
		return set.RefreshToken, refreshToken
	case !set.AccessToken.IsZero() && (!said || set.FreshFor(0, s.Now())):
		return set.AccessToken, accessToken
	default:
		return t, ""
	}
}

func gone(expires, now time.Time) bool { return !expires.IsZero() && !expires.After(now) }

// revoke tells the server (RFC 7009), where the profile or its discovery names a
// revocation endpoint.
func (s Sessions) revoke(ctx context.Context, r store.Record, t secret.Text, hint string) (bool, error) {
	if hint == "" {
		return false, nil
	}
	p, err := s.Profile(r.Profile)
	if err != nil {
		return false, err
	}
	// The profile may have been edited since, or be another file's of the same name.
	if now := acquire.Server(p); r.Server != now {
		return false, fault.New(fault.Config, "it was granted by %s, and the profile now names %s", r.Server, now)
	}
	acq, err := s.Revoker(p)
	if err != nil {
		return false, err
	}
	return acq.Revoke(ctx, p, t, hint)
}
