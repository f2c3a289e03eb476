package app

import (
	"context"
	"net/url"
	"strings"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/render"
)

// PrintOptions is how a token is printed.
type PrintOptions struct {
	render.Options
	For string // 'METHOD URL' of a DPoP proof, "" for none
}

// Check refuses wrong combinations before a server is asked.
func (o PrintOptions) Check(p *profile.Profile) error {
	f, err := o.Chosen()
	if err != nil {
		return err
	}
	if o.For != "" {
		if !f.Proof {
			return fault.New(fault.Usage, "--for goes with -o %s, not with -o %s", render.Listed(func(f render.Format) bool { return f.Proof }), f.Name)
		}
		if _, _, err := o.target(); err != nil {
			return err
		}
	}
	if f.BearerOnly != "" && p.DPoP.Enabled {
		return fault.New(fault.Usage, "-o %s: %s sends every token as Bearer, and those of this profile are bound to a DPoP key", f.Name, f.BearerOnly).
			Hint("authctl curl makes the proofs that go with them")
	}
	return nil
}

func (o PrintOptions) target() (method, at string, err error) {
	method, at, found := strings.Cut(strings.TrimSpace(o.For), " ")
	u, parseErr := url.Parse(strings.TrimSpace(at))
	if !found || parseErr != nil || u.Host == "" || strings.ToUpper(method) != method {
		return "", "", fault.New(fault.Usage, "--for needs a method and a URL").Hint("--for 'GET https://api.example.org/items'")
	}
	return method, u.String(), nil
}

// Print writes the result to stdout, in one write.
func (a *App) Print(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, r acquire.Result, o PrintOptions) error {
	out, err := a.printed(ctx, p, acq, r, o)
	if err != nil {
		return err
	}
	return render.Write(a.Sys.Out, out, o.Options)
}

// printed is the result with what the format shows beside the token.
func (a *App) printed(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, r acquire.Result, o PrintOptions) (render.Result, error) {
	out := render.Result{Profile: p.Name, Set: r.Set, FromStore: r.FromStore, Scheme: p.API.Scheme, Now: a.Sys.Now()}
	format, err := o.Chosen()
	if err != nil {
		return out, err
	}
	if format.Headers {
		for _, f := range p.API.Headers {
			value, _, err := acq.HeaderValue(ctx, p, "api.headers", f)
			if err != nil {
				return out, err
			}
			out.Headers = append(out.Headers, render.Header{Name: f.Name, Value: value})
		}
	}
	if o.For != "" && p.DPoP.Enabled {
		method, at, err := o.target()
		if err != nil {
			return out, err
		}
		if out.Proof, err = acq.Proof(ctx, p, method, at, r.Set.AccessToken.Reveal(), ""); err != nil {
			return out, err
		}
	}
	return out, nil
}
