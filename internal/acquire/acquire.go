// Package acquire is the pipeline that authctl exists for: is a fresh token
// kept? else lock, look again, build the request (grant, profile fields,
// client authentication, DPoP proof), send it once per attempt, keep what was
// granted, and only then hand it out.
package acquire

import (
	"context"
	"time"

	"authctl/internal/grant"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/store"
	"authctl/internal/token"
)

// Acquirer gets the tokens of one profile. It remembers the DPoP key and the
// server's last nonce for the requests of one command; it is not for
// concurrent use.
type Acquirer struct {
	Deps
	key   *keys.Key // of DPoP proofs, nil until needed
	named bool      // key is dpop.key
	nonce string    // the authorization server's last DPoP nonce
	kept  string    // the kept assertion that the last exchange was made from
	unfit string    // the one of them that the server refused
}

// New makes an Acquirer.
func New(d Deps) *Acquirer {
	if d.Spending == nil {
		d.Spending = func(string) func() { return func() {} }
	}
	return &Acquirer{Deps: d}
}

// Options are the wishes of one call of Token.
type Options struct {
	Force  bool           // ask the server though a fresh token is kept
	MinTTL *time.Duration // instead of the profile's token.min_ttl
	// Ask is what this call asks for instead of the profile's own words.
	Ask Overrides
	// Refused says that the API refused the kept token: it goes with Force.
	Refused bool
	// own asks for the profile's own grant although a session is kept.
	own   bool
	asked string // for what, in words, where that is kept under a key of its own
	unfit string // the kept assertion that the server refused, for Assertion
}

// Result is a token and how it came.
type Result struct {
	Set       token.Set
	FromStore bool
}

// Token gives a token for the profile: a kept one that is fresh, or that of
// its session (started by exchange or a login, refreshed when stale), or a
// new one by the profile's own grant. What o.Ask asks for is kept apart.
func (a *Acquirer) Token(ctx context.Context, p *profile.Profile, o Options) (Result, error) {
	if a.ForToken != nil {
		strict, lenient := a.Store, a.ForToken
		a.Store, a.ForToken = lenient, nil
		defer func() { a.Store, a.ForToken = strict, lenient }()
	}
	r, err := a.token(ctx, p, o)
	if a.spoilt(err) {
		return a.token(ctx, p, o)
	}
	return r, err
}

func (a *Acquirer) token(ctx context.Context, p *profile.Profile, o Options) (Result, error) {
	if o.Ask.Any() {
		return a.asked(ctx, p, o)
	}
	if p.Token.SingleUse && !interactive(p.Grant) {
		return a.unkept(ctx, p)
	}
	key := Key(p, "")
	rec, err := a.read(ctx, p, key)
	if err != nil {
		return Result{}, err
	}
	if o.own {
		rec = ownOnly(rec)
	}
	if hit, ok := a.fresh(p, rec, o); ok {
		return hit, nil
	}
	if holdsSession(rec) {
		return a.fromSession(ctx, p, key, rec, o)
	}
	return a.byOwnGrant(ctx, p, key, o)
}

// unkept runs the own grant without store or lock (token.single_use).
func (a *Acquirer) unkept(ctx context.Context, p *profile.Profile) (Result, error) {
	g, err := a.ownGrant(ctx, p)
	if err != nil {
		return Result{}, err
	}
	set, err := a.Obtain(ctx, p, g)
	return Result{Set: set}, err
}

// byOwnGrant asks by the profile's own grant. What that grant is made from
// (an assertion) is part of the cache key.
func (a *Acquirer) byOwnGrant(ctx context.Context, p *profile.Profile, key string, o Options) (Result, error) {
	g, err := a.ownGrant(ctx, p)
	if err != nil {
		return Result{}, err
	}
	if p.GrantFromSTS() && p.GrantType().Exchanges() && !o.own {
		return a.Exchange(ctx, p, p, g, o)
	}
	if subject := grant.SubjectHash(g); subject != "" {
		key = Key(p, subject)
		rec, err := a.read(ctx, p, key)
		if err != nil {
			return Result{}, err
		}
		if hit, ok := a.fresh(p, rec, o); ok {
			return hit, nil
		}
	}
	r, began, err := a.askOnce(ctx, p, g, key, o)
	if began {
		return a.Token(ctx, p, o)
	}
	return r, err
}

// askOnce locks, so that N processes ask once, looks again, and asks. began
// says that a session began while we waited: it goes before the own grant, and
// its refresh token must never be written over. Or another took over: its token serves.
func (a *Acquirer) askOnce(ctx context.Context, p *profile.Profile, g grant.Grant, key string, o Options) (r Result, began bool, err error) {
	lock, err := a.take(ctx, p, key)
	if err != nil {
		return Result{}, false, err
	}
	defer lock.Unlock()
	rec, err := a.read(ctx, p, key)
	if err != nil {
		return Result{}, false, err
	}
	subject := grant.SubjectHash(g)
	session := subject == "" && holdsSession(rec)
	switch hit, ok := a.fresh(p, rec, o); {
	case session && !o.own:
		return Result{}, true, nil
	case ok && !session:
		return hit, false, nil
	}
	a.adopt(rec)
	set, err := a.obtain(ctx, p, g, func() error { return lock.hold(ctx) })
	if err != nil {
		return Result{}, overtaken(err), err
	}
	set = lasting(p, g.Name(), false, set, a.Warn)
	if !session {
		rec := a.record(p, g.Name(), subject, set)
		if o.asked != "" {
			rec.Aux = with(rec.Aux, askedFor, o.asked)
		}
		if err := a.keep(ctx, key, rec); err != nil {
			a.late(context.WithoutCancel(ctx), p, key, set, err)
			return Result{}, true, nil // what is kept by now serves; after a logout it is asked for anew
		}
	}
	return Result{Set: set}, false, nil
}

// ownGrant builds the profile's grant; one that needs a person is a Login fault.
func (a *Acquirer) ownGrant(ctx context.Context, p *profile.Profile) (grant.Grant, error) {
	if p.GrantFromSTS() {
		return a.issuedGrant(ctx, p)
	}
	if err := Unclaimed(p); err != nil {
		return nil, err
	}
	build, ok := a.Grants[p.Grant]
	if !ok {
		return nil, loginRequired(p, p.Grant, "no session is kept")
	}
	return build(ctx, p)
}

// fresh is a kept token that may be handed out.
func (a *Acquirer) fresh(p *profile.Profile, rec store.Record, o Options) (Result, bool) {
	if o.Force || rec.Session != "" || !rec.Set.FreshFor(minTTL(p, o), a.Now()) {
		return Result{}, false
	}
	if !token.IsText(rec.Set.AccessToken.Reveal()) {
		return Result{}, false // no output would take it: the server may have a better one
	}
	a.adopt(rec)
	return Result{Set: rec.Set, FromStore: true}, true
}

func minTTL(p *profile.Profile, o Options) time.Duration {
	if o.MinTTL != nil {
		return *o.MinTTL
	}
	return p.Token.MinTTL
}
