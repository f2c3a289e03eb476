package doctor

import (
	"context"
	"fmt"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/store"
)

// place looks at the store and at what it keeps for this profile.
func (e *exam) place(ctx context.Context) {
	const check = "store"
	e.engine(ctx)
	done := e.Busy("opening the store")
	s, err := e.Store()
	if err == nil {
		err = s.Ready(ctx)
	}
	done()
	switch {
	case err != nil && (s == nil || s.Kind() != store.KindNone || e.p.GrantType().Person):
		e.fail(check, err)
		e.skip("session", "the store cannot be used")
		return
	case err != nil: // nobody chose a store, and this machine has no keyring
		e.warn(check, "nothing is kept: "+err.Error(), hintsOf(err)...)
	case s.Kind() == store.KindNone:
		e.ok(check, "none: nothing is kept, as was chosen")
	case s.Kind() == store.KindKeyring:
		e.ok(check, "%s, sealed by a key in the OS keyring", s.Folder())
	case s.Folder() == "":
		e.ok(check, "%s, sealed by the key of store.key; this profile is found by %.8s on every machine that says the same", s.Kind(), acquire.Key(e.p, ""))
	default:
		e.ok(check, "%s, sealed by a key in a file", s.Folder())
	}
	list, err := s.List(ctx)
	if err != nil {
		e.fail("session", err)
		return
	}
	e.session(list)
}

// engine tells what the engine of the store says of itself.
func (e *exam) engine(ctx context.Context) {
	if e.Engine == nil {
		return
	}
	defer e.Busy("looking at the store's engine")()
	for _, f := range e.Engine(ctx) {
		switch {
		case f.Err == nil:
			e.ok(f.What, "%s", f.Text)
		case f.Warn:
			e.warn(f.What, f.Err.Error(), hintsOf(f.Err)...)
		default:
			e.fail(f.What, f.Err)
		}
	}
}

// session tells of the kept record that lasts longest.
func (e *exam) session(list []store.Entry) {
	const check = "session"
	var best store.Record
	for _, entry := range list {
		r := entry.Record
		if acquire.BesideFor(r) != "" {
			continue // it says nothing about the session beside which it is kept
		}
		if r.Profile == e.p.Name && (!r.Set.AccessToken.IsZero() || !r.Set.RefreshToken.IsZero()) && end(r).After(end(best)) {
			best = r
		}
	}
	renewal := e.startAgain()
	switch set := best.Set; {
	case best.Profile == "" && e.p.GrantType().Person:
		e.skip(check, "nobody has logged in yet: %s", renewal)
	case best.Profile == "" && e.p.Token.SingleUse:
		e.ok(check, "nothing is ever kept (token.single_use)")
	case best.Profile == "":
		e.ok(check, "nothing is kept")
	case acquire.Over(best, e.Now()) != "":
		if !e.p.GrantType().Exchanges() { // which token does by itself
			renewal = acquire.LoginCommand(e.p, best.Grant)
		}
		e.warn(check, fmt.Sprintf("%s: the session is over: %s", best.Grant, acquire.Over(best, e.Now())), renewal)
	case !set.RefreshToken.IsZero() && !set.RefreshExpires.IsZero() && !set.RefreshExpires.After(e.Now()):
		e.warn(check, fmt.Sprintf("%s: the refresh token has expired", best.Grant), renewal)
	default:
		e.ok(check, "%s", describe(best, e.Now()))
	}
}

// describe is a record for a person, as authctl status would have it.
func describe(r store.Record, now time.Time) string {
	left := func(t time.Time) time.Duration { return t.Sub(now).Round(time.Second) }
	text := r.Grant + " token, expired"
	if d := left(r.Set.ExpiresAt); d > 0 {
		text = fmt.Sprintf("%s token, expires in %s", r.Grant, d)
	}
	if _, said := r.Set.Expiry(); !said {
		text = r.Grant + " token, expiry unknown"
	}
	switch {
	case r.Set.RefreshToken.IsZero():
		return text
	case r.Set.RefreshExpires.IsZero():
		return text + ", can be refreshed"
	default:
		return fmt.Sprintf("%s, can be refreshed for %s", text, left(r.Set.RefreshExpires))
	}
}

// end is when a record is of no more use; a refresh token without an end
// outlives everything else.
func end(r store.Record) time.Time {
	switch set := r.Set; {
	case set.RefreshToken.IsZero():
		return set.UsableUntil()
	case set.RefreshExpires.IsZero():
		return time.Unix(1<<40, 0)
	default:
		return set.RefreshExpires
	}
}

func (e *exam) startAgain() string {
	if e.p.GrantType().Person {
		return acquire.LoginCommand(e.p, e.p.Grant)
	}
	return "authctl token -p " + e.p.Name
}
