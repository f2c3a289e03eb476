package cmd

import (
	"context"

	"authctl/internal/acquire"
	"authctl/internal/login/flows"
)

// login runs one of the flows and prints what it brought.
func (c *cli) login(ctx context.Context, out outputFlags, run func(flows.Deps, *task) (acquire.Result, error)) error {
	t, err := c.prepare(ctx, out, askFlags{})
	if err != nil {
		return err
	}
	flow, err := t.app.Login()
	if err != nil {
		return err
	}
	r, err := run(flow, t)
	return t.finish(ctx, r, err)
}
