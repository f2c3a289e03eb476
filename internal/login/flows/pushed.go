package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"authctl/internal/acquire"
	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// asForm is p for the endpoints beside the token endpoint: request.encoding and
// request.omit are about that one alone, and RFC 9126 and RFC 8628 know forms only.
func asForm(p *profile.Profile) *profile.Profile {
	form := *p
	form.Request.Encoding, form.Request.Omit = "form", nil
	return &form
}

// pushTo is the pushed authorization request (RFC 9126) where the profile and
// the server want one, else nil.
func (d Deps) pushTo(p *profile.Profile, acq *acquire.Acquirer, e metadata.Endpoints) (func(context.Context, []endpoint.Param) (login.Pushed, error), error) {
	switch {
	case p.Login.Pushed == "never":
		return nil, nil
	case e.PAR == "" && p.Login.Pushed == "require":
		return nil, fault.New(fault.Config, "login.pushed is require, but the server names no pushed authorization request endpoint").
			Hint("set par_url in profile %s", p.Name)
	case e.PAR == "":
		return nil, nil
	}
	form := asForm(p)
	if p.Login.RequestObject != nil {
		form.Request.Params = nil // RFC 9126 3: nothing stands beside a request object
	}
	return func(ctx context.Context, params []endpoint.Param) (login.Pushed, error) {
		answer, err := acq.Call(ctx, form, "par_url", e.PAR, func(r *endpoint.Request) error {
			asked := params
			if p.Login.RequestObject != nil {
				var err error
				if asked, err = d.object(ctx, p, params); err != nil { // a new jti for each attempt
					return err
				}
			}
			r.Params = append(r.Params, asked...)
			return nil
		})
		if refused := notForPublic(p, e, params, err); refused != nil {
			d.Note(fmt.Sprintf("%v: going on without it, as login.pushed: auto allows for a public client", refused))
			return login.Pushed{}, login.ErrNotPushed
		}
		if err != nil {
			return login.Pushed{}, err
		}
		return login.ParsePushed(answer)
	}, nil
}

// notForPublic is the refusal of a server that announces pushed requests, does
// not demand them, and has none for public clients; nil for every other error.
// What the browser would have to carry instead must be fit for it: no request
// object (RFC 9101) and no authorization_details (RFC 9396).
func notForPublic(p *profile.Profile, e metadata.Endpoints, params []endpoint.Param, err error) *endpoint.Refusal {
	var refused *endpoint.Refusal
	switch {
	case p.Login.Pushed != "auto", p.Login.RequestObject != nil, !p.Client.Method().Public(), p.PARURL != "", e.RequirePAR:
		return nil
	case !errors.As(err, &refused), refused.Code != "", !slices.Contains([]int{401, 403, 404, 405}, refused.Status):
		return nil
	case slices.ContainsFunc(params, func(param endpoint.Param) bool {
		return param.Name == "authorization_details"
	}):
		return nil
	}
	return refused
}
