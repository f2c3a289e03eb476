package cmd

import (
	"cmp"
	"slices"
	"time"

	"authctl/internal/profile"
	"authctl/internal/session"
	"authctl/internal/shown"
)

func printKept(c *cli, listed session.Listed, kind string) error {
	now, screen, table := c.sys.Now(), c.sys.Screen(1), shown.Table{Heads: true}
	life := func(text string) shown.Painted {
		return screen.Paint(map[string]shown.Paint{"expired": shown.Red}[text], text)
	}
	table.Row("PROFILE", "GRANT", "TYPE", "EXPIRES IN", "REFRESH", "WHERE")
	for _, k := range listed.Tokens {
		table.Row(k.Profile, k.Grant, k.TokenType, life(left(k.Expires, now)), life(refreshable(k, now)), shown.Line(where(k, kind)))
	}
	if len(listed.Tokens) > 0 {
		if err := table.Write(c.sys.Out, screen); err != nil {
			return err
		}
	}
	for _, k := range listed.Tokens {
		if k.Missing != "" {
			c.say("%s: asked for and not granted: %s", k.Profile, k.Missing)
		}
		if k.Claim != "" {
			c.say("%s: a request is under way: %s", k.Profile, k.Claim)
		}
	}
	for _, k := range listed.Claims {
		c.say("%s %s: no token is kept yet, and a request is under way: %s", cmp.Or(k.Profile, kind), digits(k), k.Claim)
	}
	return nil
}

// left is a duration for a person.
func left(t, now time.Time) string {
	switch d := t.Sub(now).Round(time.Second); {
	case t.IsZero():
		return "unknown"
	case d <= 0:
		return "expired"
	default:
		return d.String()
	}
}

// where is the store, with what a record of it is found by on every machine
// (docs/fleet.md), and for what the token is where a call asked for that.
func where(k session.Kept, kind string) string {
	if slices.Contains(profile.SharedStores(), kind) {
		kind += " " + digits(k)
	}
	if k.Asked == "" {
		return kind
	}
	return kind + ", for " + k.Asked
}

func digits(k session.Kept) string { return k.Key[:min(len(k.Key), 8)] }

func refreshable(k session.Kept, now time.Time) string {
	switch {
	case k.Beside:
		return "by the session"
	case !k.Refreshable:
		return "no"
	case k.RefreshExpires.IsZero():
		return "yes"
	default:
		return left(k.RefreshExpires, now)
	}
}
