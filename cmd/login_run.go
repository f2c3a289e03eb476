package cmd

import (
	"cmp"
	"context"

	"authctl/internal/acquire"
	"authctl/internal/jwt"
	"authctl/internal/login/flows"
	"authctl/internal/shown"
	"authctl/internal/store"
)

// login runs one of the flows and prints what it brought: the token, or, to a
// person at a terminal, who logged in.
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
	if err == nil && ctx.Err() == nil && !out.chosen() && c.sys.Terminal(1) && t.keeps() {
		return c.loggedIn(t, r)
	}
	return t.finish(ctx, r, err)
}

// keeps is false where the token that was printed is the only one there is.
func (t *task) keeps() bool {
	kind, _, err := t.app.StorePlace()
	return err == nil && kind != store.KindNone
}

// loggedIn says who it was, and until when.
func (c *cli) loggedIn(t *task, r acquire.Result) error {
	screen, now, set := c.sys.Screen(1), c.sys.Now(), r.Set
	until := "The server did not say until when the token is good"
	if end, said := set.Expiry(); said {
		until = shown.Sprintf("The token is good until %s (%s)", end.In(now.Location()).Format("2006-01-02 15:04:05 MST"), left(end, now))
	}
	if !set.RefreshToken.IsZero() {
		until += ", and is refreshed by itself after that"
	}
	who := who(set.IDToken.Reveal())
	if who == "" {
		return shown.Fit(c.sys.Out, screen, 2, "%s for profile %s.\n%s.\n", screen.Paint(shown.Green, "Logged in"), t.profile.Name, shown.Line(until))
	}
	return shown.Fit(c.sys.Out, screen, 2, "%s as %s (profile %s).\n%s.\n", screen.Paint(shown.Green, "Logged in"), who, t.profile.Name, shown.Line(until))
}

// who is how the id_token of a login names the person (OpenID Connect Core 5.1),
// "" where there is none. It is told and decides nothing.
func who(idToken string) string {
	t, err := jwt.Parse(idToken)
	if err != nil {
		return ""
	}
	claim := t.Claims.String
	return cmp.Or(claim("preferred_username"), claim("email"), claim("name"), claim("sub"))
}
