package acquire

import (
	"context"
	"errors"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/store"
	"authctl/internal/token"
)

// interactive is true for grants that only a person can start.
func interactive(grantName string) bool { return profile.GrantNamed(grantName).Person }

// isSession is true for a record that `exchange` or a login started and that
// only its refresh token can renew.
func isSession(rec store.Record) bool { return profile.GrantNamed(rec.Grant).Session() }

// holdsSession is true for a record that is the profile's session or points to it.
func holdsSession(rec store.Record) bool { return rec.Session != "" || isSession(rec) }

// ownOnly hides a session, for a caller who wants the profile's own grant.
func ownOnly(rec store.Record) store.Record {
	if holdsSession(rec) {
		return store.Record{}
	}
	return rec
}

// errMoved: while we waited for its lock, the session was ended (logout) or
// another became the profile's.
var errMoved = errors.New("the session was ended or replaced meanwhile")

// fromSession gives the session's token, refreshed when it is stale.
func (a *Acquirer) fromSession(ctx context.Context, p *profile.Profile, key string, rec store.Record, o Options) (Result, error) {
	if rec.Session != "" {
		key = rec.Session
		target, err := a.read(ctx, p, key)
		if err != nil {
			return Result{}, err
		}
		if hit, ok := a.fresh(p, target, o); ok {
			return hit, nil
		}
		rec = target
	}
	before := rec.Set.ObtainedAt
	r, err := a.renew(ctx, p, key, before, o)
	for overtaken(err) {
		r, err = a.renew(ctx, p, key, before, o)
	}
	switch {
	case errors.Is(err, errMoved):
		return a.Token(ctx, p, o)
	case fault.KindOf(err) == fault.Login && p.GrantType().Exchanges():
		return a.exchangeAgain(ctx, p, o, err)
	default:
		return r, err
	}
}

// renew refreshes the session of key under its lock, unless another process
// has done so since before.
func (a *Acquirer) renew(ctx context.Context, p *profile.Profile, key string, before time.Time, o Options) (Result, error) {
	lock, err := a.take(ctx, p, key)
	if err != nil {
		return Result{}, err
	}
	defer lock.Unlock()
	rec, err := a.current(ctx, p, key)
	switch {
	case err != nil:
		return Result{}, err
	case rec.Grant == "":
		return Result{}, errMoved
	}
	// Another process refreshed while we waited: its token serves a --force too. Its
	// clock may be another machine's: that the time is another one says enough.
	if o.Force && !rec.Set.ObtainedAt.Equal(before) {
		o.Force = false
	}
	if hit, ok := a.fresh(p, rec, o); ok {
		return hit, nil
	}
	if o.Refused {
		rec = a.refusedByAPI(ctx, key, rec)
	}
	set, err := a.refreshLocked(ctx, p, lock, rec)
	return Result{Set: set}, err
}

// current reads the session of key under its lock. One whose pointer is kept
// and whose record is not was damaged and set aside: that much can be said of it.
func (a *Acquirer) current(ctx context.Context, p *profile.Profile, key string) (store.Record, error) {
	rec, err := a.read(ctx, p, key)
	switch {
	case err != nil:
		return rec, err
	case rec.Session != "":
		return rec, errMoved
	case rec.Grant != "" || key == Key(p, ""):
		return rec, nil
	}
	pointer, err := a.read(ctx, p, Key(p, ""))
	switch {
	case err != nil:
		return rec, err
	case pointer.Session != key:
		return rec, errMoved
	}
	return store.Record{Profile: pointer.Profile, Grant: pointer.Grant, Aux: map[string]string{endedBecause: "what was kept of it is gone"}}, nil
}

// StartOptions are the conditions of a new session.
type StartOptions struct {
	// Check may refuse what was granted; then nothing is kept.
	Check func(token.Set) error
	// MustKeep is for grants that cost a person's time: the store must be
	// usable before the request, and failing to keep the session is an error.
	MustKeep bool
	// Kept is asked under the lock for a token that another process kept while
	// this one waited; nil asks the server in any case.
	Kept func() (token.Set, bool, error)
	// Session is the profile whose session this becomes, where p carries
	// overrides of one call; nil means p.
	Session *profile.Profile
}

// Start obtains a token by g (an exchange or a login) and keeps it as the
// profile's session, which Token then uses and refreshes.
func (a *Acquirer) Start(ctx context.Context, p *profile.Profile, g grant.Grant, o StartOptions) (token.Set, error) {
	if o.MustKeep {
		if err := a.Ready(ctx); err != nil {
			return token.Set{}, err
		}
	}
	if o.Session == nil {
		o.Session = p
	}
	set, err := a.start(ctx, p, g, o)
	if errors.Is(err, errMoved) {
		return a.Start(ctx, p, g, o)
	}
	return set, err
}

func (a *Acquirer) start(ctx context.Context, p *profile.Profile, g grant.Grant, o StartOptions) (token.Set, error) {
	key := Key(p, grant.SubjectHash(g))
	lock, err := a.take(ctx, p, key)
	if err != nil {
		return token.Set{}, err
	}
	defer lock.Unlock()
	if o.Kept != nil {
		if set, ok, err := o.Kept(); ok || err != nil {
			return set, err
		}
	}
	way := a.oneUse(ctx, lock, starting(o.Session, g.Name()))
	defer way.end()
	answer, asked, err := a.askToken(way.ctx, p, g, way.leave)
	if overtaken(err) { // what it carries is as good as before
		return token.Set{}, errMoved
	}
	if err != nil {
		a.giveBack(context.WithoutCancel(ctx), p, endpoint.Salvage(partOf(err)))
		return token.Set{}, err
	}
	// The code or the subject token may be spent: no first signal comes between the
	// answer and its end, which is the session or its revocation.
	ctx = context.WithoutCancel(ctx)
	a.hold(ctx, p, g.Name(), key, answer)
	set, err := a.begin(ctx, p, g, key, answer, asked, o)
	unwanted := token.Set{}
	if err != nil {
		unwanted, set = endpoint.Salvage(answer), token.Set{}
	}
	if errors.Is(err, store.ErrSpooled) { // it is to be the session yet
		unwanted = token.Set{}
	}
	a.drop(ctx, p, key, unwanted)
	return set, err
}

// begin makes an answer the session of key, after every check.
func (a *Acquirer) begin(ctx context.Context, p *profile.Profile, g grant.Grant, key string, answer endpoint.Answer, asked string, o StartOptions) (token.Set, error) {
	if asked == "" && interactive(g.Name()) {
		asked = strings.Join(p.Scopes, " ") // of the authorization or the device request
	}
	set, err := validate(p, answer, asked, a.Warn)
	if err != nil {
		return token.Set{}, err
	}
	if o.Check != nil {
		if err := o.Check(set); err != nil {
			return token.Set{}, err
		}
	}
	set = lasting(p, g.Name(), !set.RefreshToken.IsZero(), set, a.Warn)
	err = a.keepSession(ctx, o.Session, key, a.record(p, g.Name(), grant.SubjectHash(g), set))
	if err != nil && !o.MustKeep && !overtaken(err) { // it may be a logout that came between
		a.Warn(err.Error())
		err = nil
	}
	return set, err
}

// loginRequired is exit 8 with the command that starts a session again.
func loginRequired(p *profile.Profile, grantName, why string) *fault.Error {
	return fault.New(fault.Login, "login required: %s", why).Hint("%s", LoginCommand(p, grantName))
}
