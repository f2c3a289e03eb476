package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/keys"
	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/store"
	"authctl/internal/token"
)

// LoginOptions are the wishes of one login in the browser.
type LoginOptions struct {
	Port      int              // instead of the redirect URI's, 0 for that
	NoBrowser bool             // the person opens the address
	Paste     bool             // the person pastes where the browser ended
	Params    []endpoint.Param // prompt, login_hint, acr_values
	Limit     time.Duration    // how long the person is waited for; 0: login.Limit
}

// LoginPKCE asks a person in the browser and keeps the session. While another
// process is at it for the same profile it waits, and takes that one's
// outcome if it asked for nothing of its own: one profile, one browser window.
func (a *App) LoginPKCE(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, o LoginOptions) (acquire.Result, error) {
	redirect, err := login.ParseRedirect(p.Login.RedirectURI, o.Port)
	if err != nil {
		return acquire.Result{}, err
	}
	flow := a.flow(o)
	if err := flow.WayBack(redirect); err != nil {
		return acquire.Result{}, err
	}
	// Keeping the session is the point: a store that cannot is said before a person is troubled.
	if err := acq.Ready(ctx); err != nil {
		return acquire.Result{}, err
	}
	done, shared, err := a.turn(ctx, p, acq, o)
	if err != nil || done == nil {
		return shared, err
	}
	defer done()
	e, src, err := a.loginEndpoints(ctx, p, metadata.NeedAuthorize)
	if err != nil {
		return acquire.Result{}, err
	}
	if flow.Push, err = a.pushTo(p, acq, e); err != nil {
		return acquire.Result{}, err
	}
	req, err := loginRequest(p, e, redirect, o.Params)
	if err != nil {
		return acquire.Result{}, err
	}
	maxAge, err := login.MaxAge(req.Params)
	if err != nil {
		return acquire.Result{}, err
	}
	if p.DPoP.Enabled { // for a request that is not pushed (RFC 9449 10)
		if req.DPoPThumbprint, err = acq.JKT(p); err != nil {
			return acquire.Result{}, err
		}
	}
	var set token.Set
	err = flow.Run(ctx, req, func(ctx context.Context, code login.Code) error {
		check := a.idToken(p, src, code.Nonce, maxAge)
		g := grant.AuthorizationCode{Profile: p, Code: code.Value, Verifier: code.Verifier, RedirectURI: code.RedirectURI}
		set, err = acq.Start(ctx, p, g, acquire.StartOptions{
			MustKeep: true, Check: func(s token.Set) error { return a.accept(ctx, check, s) },
		})
		return err
	})
	return acquire.Result{Set: set}, err
}

// loginRequest is the authorization request of p.
func loginRequest(p *profile.Profile, e metadata.Endpoints, redirect login.Redirect, flags []endpoint.Param) (login.Request, error) {
	params, err := loginParams(p, flags)
	return login.Request{
		Profile: p.Name, ClientID: p.Client.ID, AuthorizeURL: e.Authorize, InsecureHTTP: p.InsecureHTTP,
		Issuer: p.Issuer, RequireIssuer: e.IssInCallback, Redirect: redirect,
		Scopes: p.Scopes, Audience: p.Audience, Resource: p.Resource, Params: params,
	}, err
}

// accept is the last word on what a login brought, before it is kept.
func (a *App) accept(ctx context.Context, check login.IDToken, set token.Set) error {
	if err := check.Verify(ctx, set); err != nil {
		return err
	}
	return ctx.Err() // Ctrl-C until now keeps nothing
}

// turn waits until no other process is logging in to p. done is nil when that
// one's outcome, shared, will do. The lock is the login's own: whoever wants
// the profile's kept token takes another one, and waits for nobody.
func (a *App) turn(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, o LoginOptions) (done func(), shared acquire.Result, err error) {
	kept, err := a.Stores()
	if err != nil {
		return nil, acquire.Result{}, err
	}
	key, waited := acquire.Key(p, ""), false
	began := a.Sys.Now()
	done, err = kept.Turn(ctx, "login-"+key, func() {
		waited = true
		a.terminal().Note("Another login of %s is in progress; waiting for it.", p.Name)
	})
	if err != nil || !waited || len(o.Params) > 0 {
		return done, acquire.Result{}, err
	}
	rec, err := kept.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrAbsent) {
		done()
		return nil, acquire.Result{}, err
	}
	if err != nil || rec.Grant != (grant.AuthorizationCode{}).Name() || rec.Set.ObtainedAt.Before(began) {
		return done, acquire.Result{}, nil // the other one failed
	}
	done()
	shared, err = acq.Token(ctx, p, acquire.Options{}) // with the key that a DPoP token is bound to
	return nil, shared, err
}

// loginEndpoints finds what a login needs. With openid the keys are among it:
// an id_token that nobody could verify is not asked for.
func (a *App) loginEndpoints(ctx context.Context, p *profile.Profile, needs ...metadata.Need) (metadata.Endpoints, *metadata.Source, error) {
	src, err := a.Metadata(ctx, p)
	if err != nil {
		return metadata.Endpoints{}, nil, err
	}
	needs = append(needs, metadata.NeedToken)
	if slices.Contains(p.Scopes, "openid") {
		needs = append(needs, metadata.NeedJWKS)
		if p.Issuer == "" {
			return metadata.Endpoints{}, nil, fault.New(fault.Config, "the scope openid needs an issuer, to verify the id_token").
				Hint("set issuer in profile %s, or take openid out of scopes", p.Name)
		}
	}
	e, err := src.Resolve(ctx, p, needs...)
	return e, src, err
}

// loginParams are the profile's extra authorize parameters, then the flags'.
// They travel in the browser's address bar; profile.Validate lets no secret be one.
func loginParams(p *profile.Profile, flags []endpoint.Param) ([]endpoint.Param, error) {
	list := make([]endpoint.Param, 0, len(p.Login.Params)+len(flags))
	for _, f := range p.Login.Params {
		value := f.Value
		if _, text := value.(string); !text { // such as max_age, a number
			raw, err := json.Marshal(value)
			if err != nil {
				return nil, fault.New(fault.Config, "login.params %s: %w", f.Name, err)
			}
			value = string(raw)
		}
		list = append(list, endpoint.Param{Name: f.Name, Value: value})
	}
	return append(list, flags...), nil
}

// idToken is the check of a login's id_token with the server's keys.
func (a *App) idToken(p *profile.Profile, src *metadata.Source, nonce string, maxAge *time.Duration) login.IDToken {
	return login.IDToken{
		Profile: p.Name, Issuer: p.Issuer, ClientID: p.Client.ID, Nonce: nonce, Scopes: p.Scopes, MaxAge: maxAge, Now: a.Sys.Now,
		Keys: func(ctx context.Context, fresh bool) ([]*keys.Key, error) { return src.Keys(ctx, p, fresh) },
		Algs: func(ctx context.Context) []string { return src.IDTokenAlgs(ctx, p) },
	}
}

// renewed judges the id_token of a refresh.
func (a *App) renewed(ctx context.Context, p *profile.Profile, old, granted token.Set) error {
	src, err := a.Metadata(ctx, p)
	if err != nil {
		return err
	}
	check := a.idToken(p, src, "", nil)
	check.Renews = old.IDToken.Reveal()
	return check.Verify(ctx, granted)
}
