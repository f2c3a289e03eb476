package cmd

import (
	"context"
	"fmt"

	"authctl/internal/acquire"
	"authctl/internal/app"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// task is one command that ends in a printed token: the profile, the profile
// with this call's overrides, and the pipeline for it.
type task struct {
	app     *app.App
	profile *profile.Profile
	asked   *profile.Profile
	acq     *acquire.Acquirer
	out     app.PrintOptions
}

// prepare loads the profile and checks every flag before a server is asked.
func (c *cli) prepare(ctx context.Context, out outputFlags, ask askFlags) (*task, error) {
	c.flags.jsonErrors = out.Format == "json"
	a, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	p, err := a.Profile()
	if err != nil {
		return nil, err
	}
	if p, err = acquire.ClaimSTS(p, ask.stsClaims); err != nil {
		return nil, err
	}
	out.GithubEnv, _ = c.sys.Env("GITHUB_ENV")
	if err := out.Check(p); err != nil {
		return nil, fault.In(p.Name, err)
	}
	asked, err := ask.Apply(p)
	if err != nil {
		return nil, fault.In(p.Name, err)
	}
	if odd := ask.commas(); odd != "" {
		a.Warn(fmt.Sprintf("--scope %q is one scope with a comma in it: scopes are separated by blanks", odd))
	}
	acq, err := a.Acquirer(asked)
	if err != nil {
		return nil, fault.In(p.Name, err)
	}
	return &task{app: a, profile: p, asked: asked, acq: acq, out: out.PrintOptions}, nil
}

// finish prints the result, or hands on err with the profile's name. An
// interrupt that was held back while a grant was spent takes effect here.
func (t *task) finish(ctx context.Context, r acquire.Result, err error) error {
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = t.app.Print(ctx, t.profile, t.acq, r, t.out)
	}
	return fault.In(t.profile.Name, err)
}
