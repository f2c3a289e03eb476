// Package session is what is kept of earlier grants, for a person: it lists the
// kept tokens without showing them, and revokes and forgets them.
package session

import (
	"context"
	"slices"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// Store is where tokens are kept.
type Store interface {
	All(ctx context.Context) ([]store.Entry, error)
	Get(ctx context.Context, key string) (store.Record, error)
	Delete(ctx context.Context, key string) error
	Lock(ctx context.Context, key string) (store.Lease, error)
}

// Revoker tells a profile's server that a token is no longer used (RFC 7009).
type Revoker interface {
	Revoke(ctx context.Context, p *profile.Profile, t secret.Text, hint string) (bool, error)
}

// Sessions lists and forgets what is kept in Store.
type Sessions struct {
	Store    Store
	Keep     func(ctx context.Context, key string, r store.Record) error // into Store; for Move
	Profile  func(name string) (*profile.Profile, error)                 // as its file says today
	Revoker  func(p *profile.Profile) (Revoker, error)
	Metadata func(ctx context.Context, p *profile.Profile) (*metadata.Source, error)
	Now      func() time.Time
	Warn     func(line string) // one line for a person
}

// Kept is what a person may know of a record: never a token.
type Kept struct {
	Key            string
	Profile, Grant string
	TokenType      string
	Scope          string
	Missing        string    // the asked scopes that were not granted
	Asked          string    // for what a call asked, such as "scope a b"; "" for what the profile says
	Beside         bool      // it was got by a session, and stands beside it
	Expires        time.Time // of the access token; zero when unknown
	Refreshable    bool      // a refresh token is kept
	RefreshExpires time.Time // zero when unknown
	Claim          string    // who is about to change it on another machine, "" for nobody
}

// Listed is what is kept, ordered by its keys.
type Listed struct {
	Tokens []Kept
	// Claims are of who is about to write where no token is kept: Key, Claim, and
	// Profile where that is known.
	Claims []Kept
}

// List lists the kept tokens of one profile, "" for all.
func (s Sessions) List(ctx context.Context, profileName string) (all Listed, err error) {
	whole, err := s.Store.All(ctx)
	if err != nil {
		return all, err
	}
	list := recordsOf(whole, profileName)
	for _, e := range list {
		set := e.Record.Set
		if set.AccessToken.IsZero() && set.RefreshToken.IsZero() && e.Record.Grant != store.GrantAssertion {
			if e.Claim != nil {
				all.Claims = append(all.Claims, Kept{Key: e.Key, Profile: e.Record.Profile, Claim: e.Claim.String()})
			}
			continue // a pointer to a session, a key alone, or an answer that is being checked
		}
		asked := acquire.BesideFor(e.Record)
		if asked != "" && !slices.ContainsFunc(list, func(o store.Entry) bool { return acquire.IsBeside(e.Record, o.Record) }) {
			continue // of a session that is no more: nothing uses it
		}
		claim := ""
		if e.Claim != nil {
			claim = e.Claim.String()
		}
		all.Tokens = append(all.Tokens, Kept{
			Claim: claim,
			Key:   e.Key, Profile: e.Record.Profile, Grant: e.Record.Grant, TokenType: set.TokenType, Scope: set.Scope, Missing: set.Missing, Asked: acquire.AskedFor(e.Record), Beside: asked != "",
			Expires: set.ExpiresAt, Refreshable: !set.RefreshToken.IsZero(), RefreshExpires: set.RefreshExpires,
		})
	}
	all.Claims = append(all.Claims, s.beginnings(whole, profileName)...)
	return all, nil
}

// beginnings are the claims on what is not kept yet. An empty record has no profile's
// name: of one profile is what its key says.
func (s Sessions) beginnings(list []store.Entry, profileName string) (claims []Kept) {
	own := ""
	if p, err := s.Profile(profileName); profileName != "" && err == nil {
		own = acquire.Key(p, "")
	}
	for _, e := range list {
		key := acquire.TurnFor(e.Key)
		if e.Absent && e.Claim != nil && (profileName == "" || key == own) {
			claims = append(claims, Kept{Key: key, Profile: profileName, Claim: e.Claim.String()})
		}
	}
	return claims
}

// records are what servers granted: the user's own sealed secrets are left out.
func (s Sessions) records(ctx context.Context, profileName string) ([]store.Entry, error) {
	list, err := s.Store.All(ctx)
	return recordsOf(list, profileName), err
}

func recordsOf(list []store.Entry, profileName string) (mine []store.Entry) {
	for _, e := range list {
		if !e.Absent && !e.Unread && e.Record.Grant != store.GrantSecret && (profileName == "" || e.Record.Profile == profileName) {
			mine = append(mine, e)
		}
	}
	return mine
}

// Any says whether anything of the profile is kept.
func (s Sessions) Any(ctx context.Context, profileName string) (bool, error) {
	list, err := s.records(ctx, profileName)
	return len(list) > 0, err
}

// Secrets are the names of the user's secrets that are sealed for the profile.
func (s Sessions) Secrets(ctx context.Context, profileName string) (names []string, err error) {
	list, err := s.Store.All(ctx)
	for _, e := range list {
		if e.Record.Grant == store.GrantSecret && e.Record.Profile == profileName {
			names = append(names, e.Record.Aux["name"])
		}
	}
	return names, err
}
