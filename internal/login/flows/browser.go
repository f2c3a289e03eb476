package flows

import (
	"context"

	"authctl/internal/acquire"
	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/token"
)

// Browser asks a person in the browser and keeps the session. While another
// process is at it for the same profile it waits, and takes that one's
// outcome if it asked for nothing of its own: one profile, one browser window.
func (d Deps) Browser(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, o Options) (acquire.Result, error) {
	redirect, err := login.ParseRedirect(p.Login.RedirectURI, o.Port)
	if err != nil {
		return acquire.Result{}, err
	}
	flow := d.flow(o)
	if err := flow.WayBack(redirect); err != nil {
		return acquire.Result{}, err
	}
	// Keeping the session is the point: a store that cannot is said before a person is troubled.
	if err := acq.Ready(ctx); err != nil {
		return acquire.Result{}, err
	}
	done, shared, err := d.turn(ctx, p, acq, o)
	if err != nil || done == nil {
		return shared, err
	}
	defer done()
	e, src, err := d.endpoints(ctx, p, metadata.NeedAuthorize, metadata.NeedCallbackIssuer)
	if err != nil {
		return acquire.Result{}, err
	}
	if flow.Push, err = d.pushTo(p, acq, e); err != nil {
		return acquire.Result{}, err
	}
	if p.Login.RequestObject != nil {
		flow.Sign = func(ctx context.Context, params []endpoint.Param) ([]endpoint.Param, error) {
			return d.object(ctx, p, params)
		}
	}
	req := request(p, e, redirect, o.Params)
	if p.SignedAnswer() {
		req.Signed = &login.Signed{Mode: p.Login.ResponseMode, Now: d.Now}
		// Of now, and before the browser opens: a callback must not have anything fetched.
		if req.Signed.Keys, err = src.Keys(ctx, p, true); err != nil {
			return acquire.Result{}, err
		}
	}
	maxAge, err := login.MaxAge(req.Params)
	if err != nil {
		return acquire.Result{}, err
	}
	if p.DPoP.Enabled { // for a request that is not pushed (RFC 9449 10)
		if req.DPoPThumbprint, err = acq.JKT(ctx, p); err != nil {
			return acquire.Result{}, err
		}
	}
	var set token.Set
	err = flow.Run(ctx, req, func(ctx context.Context, code login.Code) error {
		check := d.idToken(p, src, e.Issuer, code.Nonce, maxAge)
		g := grant.AuthorizationCode{Profile: p, Code: code.Value, Verifier: code.Verifier, RedirectURI: code.RedirectURI}
		set, err = acq.Start(ctx, p, g, acquire.StartOptions{
			MustKeep: true, Check: func(s token.Set) error { return accept(ctx, check, s) },
		})
		return err
	})
	return acquire.Result{Set: set}, err
}

// request is the authorization request of p.
func request(p *profile.Profile, e metadata.Endpoints, redirect login.Redirect, flags []endpoint.Param) login.Request {
	return login.Request{
		Profile: p.Name, ClientID: p.Client.ID, AuthorizeURL: e.Authorize, InsecureHTTP: p.InsecureHTTP,
		Issuer: e.Issuer, RequireIssuer: e.IssInCallback, Redirect: redirect,
		Scopes: p.Scopes, Audience: p.Audience, Resource: p.Resource, Details: p.Details(), Params: params(p, flags),
	}
}

// accept is the last word on what a login brought, before it is kept.
func accept(ctx context.Context, check login.IDToken, set token.Set) error {
	if err := check.Verify(ctx, set); err != nil {
		return err
	}
	return ctx.Err() // Ctrl-C until now keeps nothing
}
