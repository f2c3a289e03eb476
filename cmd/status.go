package cmd

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/app"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/session"
)

func newStatusCmd(c *cli) *cobra.Command {
	var output string
	var prune bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "What is kept, for which profile, and for how long; never the token",
		Long: `List the tokens that are kept: profile, how each was obtained, its type, how
long it is still good, whether it can be refreshed, and where it is kept. What
token --scope, --resource, --audience, --subject or --claim got is listed with
what it is for, a claim by its name. No server is asked and no token is shown. --profile lists that profile
alone. With -o json expires_in is the seconds left, 0 for an expired token; it and
expires_at are left out where the server said no expires_in; key is the first digits
of what a token is found by, which two machines can compare.

A script asks with --quiet and the exit status whether somebody is logged in: 8 says
that nothing of what is listed is still good or can be refreshed, or that nothing
is kept. Whether the server would agree, only a request can tell.

What expired and cannot be refreshed, of subjects and scopes, is dropped after a week
by any command that keeps a token; --prune does it at once, and ends with 0. The
session of a profile stays until logout, or the next one.

Exit status: 0 listed; 8 see above; 3 no such profile; 6 the store could not be read.`,
		Example: `  authctl status
  authctl status -p work -o json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runStatus(cmd.Context(), c, output, prune)
		},
	}
	registerListOutput(cmd, &output)
	cmd.Flags().BoolVar(&prune, "prune", false, "first drop what expired and cannot be refreshed, of every profile")
	return cmd
}

// keptToken is one entry of `status -o json`; its names are a contract.
type keptToken struct {
	Profile          string `json:"profile"`
	Grant            string `json:"grant"`
	TokenType        string `json:"token_type,omitempty"`
	Scope            string `json:"scope,omitempty"`
	ScopeMissing     string `json:"scope_missing,omitempty"` // asked for and not granted
	ExpiresAt        string `json:"expires_at,omitempty"`    // RFC 3339, UTC
	ExpiresIn        *int64 `json:"expires_in,omitempty"`    // seconds left, 0 when expired; absent when not said
	Refreshable      bool   `json:"refreshable"`
	RefreshExpiresAt string `json:"refresh_expires_at,omitempty"`
	For              string `json:"for,omitempty"` // what the call asked for, such as "scope a b"
	Where            string `json:"where"`
	Key              string `json:"key"`             // the first digits of what it is found by, on every machine (docs/fleet.md)
	Claim            string `json:"claim,omitempty"` // on a store that machines share: who is about to change it
}

func runStatus(ctx context.Context, c *cli, output string, prune bool) error {
	if err := c.checkListOutput(output); err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	if err := a.Known(ctx, c.flags.profile); err != nil {
		return err
	}
	sessions, err := a.Sessions()
	if err != nil {
		return err
	}
	kind, where, err := a.StorePlace()
	if err != nil {
		return err
	}
	dropped := 0
	if prune {
		if slices.Contains(profile.SharedStores(), kind) {
			return fault.New(fault.Usage, "--prune is for a store of this machine, and %s is shared with others", kind).
				Hint("authctl logout -p NAME forgets what is kept for a profile")
		}
		if dropped, err = sessions.Prune(ctx, 0); err != nil {
			return err
		}
	}
	listed, err := sessions.List(ctx, c.flags.profile)
	if err != nil {
		return err
	}
	kept := listed.Tokens
	if output == "json" {
		tokens := make([]keptToken, 0, len(kept))
		for _, k := range kept {
			tokens = append(tokens, describeKept(k, kind, c.sys.Now()))
		}
		report := map[string]any{"store": kind, "folder": where, "tokens": tokens}
		if len(listed.Claims) > 0 {
			report["claims"] = describeClaims(listed.Claims)
		}
		if prune {
			report["dropped"] = dropped
		}
		if err := c.printResult(report); err != nil || prune {
			return err
		}
		return c.noneGood(a, kept)
	}
	if prune {
		c.say("dropped: %d", dropped)
	}
	if where == "" {
		c.say("store %s: nothing is kept", kind)
	} else {
		c.say("store %s: %s", kind, where)
	}
	if err := printKept(c, listed, kind); err != nil || prune {
		return err
	}
	return c.noneGood(a, kept)
}

// noneGood is the fault of a list in which nothing is of use any more, as
// `gh auth status` has it: its exit code is a script's answer.
func (c *cli) noneGood(a *app.App, kept []session.Kept) error {
	now, name := c.sys.Now(), c.flags.profile
	good := func(t time.Time) bool { return t.IsZero() || t.After(now) }
	for _, k := range kept {
		if good(k.Expires) || k.Refreshable && good(k.RefreshExpires) {
			return nil
		}
	}
	f := fault.New(fault.Login, "nothing is kept")
	if len(kept) > 0 {
		f = fault.New(fault.Login, "what is kept has expired, and no refresh token is left")
	}
	f.Profile = name
	p, err := config.LoadProfile(a.Settings, name)
	switch {
	case name == "" || err != nil:
		return f.Hint("authctl login -p NAME logs in, authctl token -p NAME gets a token of a profile that needs no person")
	case p.GrantType().Session():
		return f.Hint("%s", acquire.LoginCommand(p, ""))
	}
	return f.Hint("authctl token -p %s", name)
}

func describeKept(k session.Kept, kind string, now time.Time) keptToken {
	one := keptToken{
		Profile: k.Profile, Grant: k.Grant, TokenType: k.TokenType, Scope: k.Scope, ScopeMissing: k.Missing,
		ExpiresAt: rfc3339(k.Expires), Refreshable: k.Refreshable, RefreshExpiresAt: rfc3339(k.RefreshExpires), For: k.Asked, Where: kind, Key: digits(k), Claim: k.Claim,
	}
	if !k.Expires.IsZero() {
		left := max(0, int64(k.Expires.Sub(now)/time.Second))
		one.ExpiresIn = &left
	}
	return one
}

// pendingClaim is one of the claims of `status -o json`, where nothing is kept yet; its
// names are a contract.
type pendingClaim struct {
	Profile string `json:"profile,omitempty"` // only with --profile: what is empty names none
	Key     string `json:"key"`
	Claim   string `json:"claim"`
}

func describeClaims(claims []session.Kept) (all []pendingClaim) {
	for _, k := range claims {
		all = append(all, pendingClaim{k.Profile, digits(k), k.Claim})
	}
	return all
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
