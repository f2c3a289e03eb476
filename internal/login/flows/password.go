package flows

import (
	"context"
	"errors"
	"slices"
	"strings"

	"authctl/internal/acquire"
	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/login"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// Person answers what a login by password asks. Nothing of it is kept.
type Person interface {
	Ready(profileName string) error // whether it can be asked
	Name(ctx context.Context) (string, error)
	Password(ctx context.Context) (secret.Text, error)
	Code(ctx context.Context) (secret.Text, error) // of a second factor
}

// Password logs in with the person's own name and password (RFC 6749 4.3) and
// keeps the session, as every login does.
func (d Deps) Password(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, who Person) (acquire.Result, error) {
	if err := who.Ready(p.Name); err != nil {
		return acquire.Result{}, err
	}
	if err := acq.Ready(ctx); err != nil {
		return acquire.Result{}, err
	}
	_, src, err := d.endpoints(ctx, p)
	if err != nil {
		return acquire.Result{}, err
	}
	issuer, err := src.Issuer(ctx, p)
	if err != nil && fault.KindOf(err) != fault.Config { // a document may name none
		return acquire.Result{}, err
	}
	check := d.idToken(p, src, issuer, "", nil)
	g := grant.Password{Profile: p}
	wire := profile.GrantNamed(g.Name()).Wire
	if listed := src.Grants(ctx, p); listed != nil && !slices.Contains(listed, wire) {
		return acquire.Result{}, notListed(p, wire, listed)
	}
	if g.Username, err = who.Name(ctx); err != nil {
		return acquire.Result{}, err
	}
	if g.Password, err = who.Password(ctx); err != nil {
		return acquire.Result{}, err
	}
	set, err := handIn(ctx, p, acq, check, g)
	if wanted := secondFactor(err); wanted != nil {
		d.Terminal.Note("The server asks for a second factor. %s", wanted.Description)
		if g.Code, err = who.Code(ctx); err != nil {
			return acquire.Result{}, err
		}
		set, err = handIn(ctx, p, acq, check, g)
	}
	return acquire.Result{Set: set}, err
}

// notListed names the logins that the server has.
func notListed(p *profile.Profile, wire string, listed []string) error {
	f := fault.New(fault.Config, "the server's discovery document does not list the grant type %s: nothing was sent", wire)
	for _, other := range profile.GrantTypes() {
		if other.AtServer() && slices.Contains(listed, other.Wire) {
			f = f.Hint("authctl %s: the server has that", strings.ReplaceAll(other.Starts, "{profile}", p.Name))
		}
	}
	return f
}

// handIn is one request. An id_token is verified where its issuer is known;
// OpenID Connect knows none of this grant, and some servers send one always.
func handIn(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, check login.IDToken, g grant.Password) (token.Set, error) {
	return acq.Start(ctx, p, g, acquire.StartOptions{MustKeep: true, Check: func(s token.Set) error {
		if check.Issuer == "" {
			return ctx.Err()
		}
		return accept(ctx, check, s)
	}})
}

// secondFactor is the answer of a server that wants the code of a second factor
// beside the password; nil for every other.
func secondFactor(err error) *endpoint.Refusal {
	var refused *endpoint.Refusal
	if errors.As(err, &refused) && refused.Verdict() == endpoint.No && refused.Code == "mfa_required" {
		return refused
	}
	return nil
}
