package acquire

import (
	"cmp"
	"context"
	"errors"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/store"
)

// One login, many APIs: the refresh token of a session may be spent for a token
// of another scope, audience or resource (RFC 6749 6, RFC 8707 2.2). Its
// successor is the session's; the access token is kept beside it, under a key of
// its own and bound to this session, and is nothing that could be refreshed.

// Facts of the two records.
const (
	sessionID   = "id"             // of a session that has tokens beside it
	besideID    = "beside"         // the id of the session that a token stands beside
	besideAsked = "asked"          // for what, in words
	pendingSide = "pending beside" // the pending answer is not the session's own token
	askedFor    = "for"            // of a token that stands for itself: what the call asked for, in words
	sideRefused = "refused beside" // what a session was last asked for in vain
)

// wish is what one call asks for beside the session of profile.
type wish struct {
	profile, asked *profile.Profile
	ask            Overrides
}

// key is where the token is kept that is asked for beside the session of that key.
func (w wish) key(session string) string { return Key(w.asked, "beside "+session) }

// asked gives a token for what o.Ask asks for: by the session, where the
// profile's own grant cannot simply be asked, else by that one.
func (a *Acquirer) asked(ctx context.Context, p *profile.Profile, o Options) (Result, error) {
	w := wish{profile: p, ask: o.Ask}
	var err error
	if w.asked, err = o.Ask.Apply(p); err != nil {
		return Result{}, err
	}
	o.Ask = Overrides{}
	switch {
	case Key(w.asked, "") == Key(p, ""):
		return a.Token(ctx, p, o) // nothing else than the profile says
	case interactive(p.Grant), p.GrantType().Exchanges() && w.ask.targets() && !p.Token.SingleUse:
		return a.beside(ctx, w, o)
	default:
		o.own, o.asked = true, w.ask.text()
		return a.Token(ctx, w.asked, o)
	}
}

// beside gives the kept token of w, or spends the session's refresh token for one.
func (a *Acquirer) beside(ctx context.Context, w wish, o Options) (Result, error) {
	key, rec, err := a.sessionOf(ctx, w.profile)
	switch {
	case err != nil:
		return Result{}, err
	case key == "":
		o.own = true // where that needs a person, it says so
		return a.Token(ctx, w.asked, o)
	}
	side, err := a.readBeside(ctx, w, key, rec)
	if err != nil {
		return Result{}, err
	}
	if hit, ok := a.fresh(w.asked, side, o); ok {
		return hit, nil
	}
	r, err := a.askBeside(ctx, w, key, side, o)
	for overtaken(err) {
		r, err = a.askBeside(ctx, w, key, side, o)
	}
	switch {
	case errors.Is(err, errMoved):
		return a.beside(ctx, w, o)
	case fault.KindOf(err) == fault.Login && w.profile.GrantType().Exchanges():
		return a.exchangeBeside(ctx, w, o, err)
	default:
		return r, err
	}
}

// sessionOf finds p's session; key is "" where there is none. A session whose
// record was lost has a key and an empty record.
func (a *Acquirer) sessionOf(ctx context.Context, p *profile.Profile) (key string, rec store.Record, err error) {
	key = Key(p, "")
	rec, err = a.read(ctx, p, key)
	switch {
	case err != nil || !holdsSession(rec):
		return "", store.Record{}, err
	case rec.Session != "":
		key = rec.Session
		rec, err = a.read(ctx, p, key)
	}
	return key, rec, err
}

// readBeside is what is kept of w beside the session of key, which is session.
// What stood beside another session, of an earlier login, counts as nothing.
func (a *Acquirer) readBeside(ctx context.Context, w wish, key string, session store.Record) (store.Record, error) {
	id := session.Aux[sessionID]
	if id == "" || w.profile.Token.SingleUse {
		return store.Record{}, nil
	}
	side, err := a.read(ctx, w.asked, w.key(key))
	if err != nil || side.Aux[besideID] != id {
		return store.Record{}, err
	}
	return side, nil
}

// askBeside asks under the session's lock, the one of every refresh, so that
// no refresh token is sent twice and N processes ask once. before is what was
// kept when this process looked.
func (a *Acquirer) askBeside(ctx context.Context, w wish, key string, before store.Record, o Options) (Result, error) {
	lock, err := a.take(ctx, w.profile, key)
	if err != nil {
		return Result{}, err
	}
	defer lock.Unlock()
	rec, err := a.current(ctx, w.profile, key)
	switch {
	case err != nil:
		return Result{}, err
	case rec.Grant == "":
		return Result{}, errMoved
	}
	side, err := a.readBeside(ctx, w, key, rec)
	if err != nil {
		return Result{}, err
	}
	// Another process asked while we waited: its token serves a --force too. Its
	// clock may be another machine's: that the time is another one says enough.
	if o.Force && !side.Set.ObtainedAt.Equal(before.Set.ObtainedAt) {
		o.Force = false
	}
	if hit, ok := a.fresh(w.asked, side, o); ok {
		return hit, nil
	}
	set, err := a.spendBeside(ctx, w, lock, rec)
	return Result{Set: set}, err
}

// exchangeBeside asks by the profile's own exchange, where that needs no
// person; over is why the session cannot serve.
func (a *Acquirer) exchangeBeside(ctx context.Context, w wish, o Options, over error) (Result, error) {
	if _, err := a.ownGrant(ctx, w.asked); err != nil {
		return Result{}, noSubject(w.profile, over, err)
	}
	o.own = true
	r, err := a.Token(ctx, w.asked, o)
	if refusedSubject(err) {
		err = noSubject(w.profile, over, err)
	}
	return r, err
}

// AskedFor says for what the call asked that r is kept of, "" for what its profile says.
func AskedFor(r store.Record) string { return cmp.Or(BesideFor(r), r.Aux[askedFor]) }

// BesideFor says for what r was asked beside a session, such as "scope a b"; ""
// for a record that stands for itself.
func BesideFor(r store.Record) string { return r.Aux[besideAsked] }

// IsBeside is true where r stands beside that session, and no earlier one.
func IsBeside(r, session store.Record) bool {
	return BesideFor(r) != "" && r.Aux[besideID] == session.Aux[sessionID]
}
