package acquire

import (
	"context"
	"errors"
	"fmt"

	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/token"
)

// Exchange gives the token of the exchange g, kept or new, and makes it the
// session of the profile session: p, without the overrides of this call.
func (a *Acquirer) Exchange(ctx context.Context, session, p *profile.Profile, g grant.Grant, o Options) (Result, error) {
	hit, ok, err := a.exchanged(ctx, session, p, g, o)
	if ok || err != nil {
		return hit, err
	}
	set, err := a.Start(ctx, p, g, StartOptions{Session: session, Kept: func() (token.Set, bool, error) {
		var err error
		hit, ok, err = a.exchanged(ctx, session, p, g, o)
		return hit.Set, ok, err
	}})
	return Result{Set: set, FromStore: ok}, err
}

// exchanged is a kept, fresh token of the same exchange, if there is one; it
// becomes the session of the profile session, as one just granted would.
func (a *Acquirer) exchanged(ctx context.Context, session, p *profile.Profile, g grant.Grant, o Options) (Result, bool, error) {
	if p.Token.SingleUse {
		return Result{}, false, nil
	}
	key := Key(p, grant.SubjectHash(g))
	rec, err := a.read(ctx, p, key)
	if err != nil || rec.Aux[switched] != "" {
		return Result{}, false, err
	}
	hit, ok := a.fresh(p, rec, o)
	if ok {
		a.pointTo(ctx, session, key, rec.Grant)
	}
	return hit, ok, nil
}

// pointTo makes what is kept under key the profile's session; failing is one warning.
func (a *Acquirer) pointTo(ctx context.Context, p *profile.Profile, key, grantName string) {
	rec, err := a.read(ctx, p, Key(p, ""))
	if err == nil && rec.Session != key {
		err = a.setPointer(context.WithoutCancel(ctx), p, key, grantName)
	}
	if err != nil {
		a.Warn(fmt.Sprintf("token -p %s may give another session's token: %v", p.Name, err))
	}
}

// exchangeAgain starts the session anew where the profile can produce a
// subject token without a person; over is why that is needed.
func (a *Acquirer) exchangeAgain(ctx context.Context, p *profile.Profile, o Options, over error) (Result, error) {
	g, err := a.ownGrant(ctx, p)
	if err != nil {
		return Result{}, noSubject(p, over, err)
	}
	key := Key(p, grant.SubjectHash(g))
	r, again, err := a.askOnce(ctx, p, g, key, o)
	if again {
		return a.Token(ctx, p, o)
	}
	if err != nil {
		if refusedSubject(err) {
			err = noSubject(p, over, err)
		}
		return Result{}, err
	}
	a.pointTo(ctx, p, key, g.Name())
	return r, nil
}

// noSubject is the error of a session that is over and that no subject token begins
// anew: a person has to bring one, unless that is the profile's service, which says why not.
func noSubject(p *profile.Profile, over, why error) error {
	if p.GrantFromSTS() {
		return why
	}
	return over
}

// refusedSubject: the server knows the client and does not want the subject
// token (RFC 8693 2.2.2), so that a person has to bring another.
func refusedSubject(err error) bool {
	var refused *endpoint.Refusal
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Code {
	case "invalid_grant", "invalid_request", "invalid_token":
		return true
	default:
		return false
	}
}
