package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
	"authctl/internal/session"
	"authctl/internal/shown"
)

type logoutOptions struct {
	all, noRevoke bool
	output        string
}

func newLogoutCmd(c *cli) *cobra.Command {
	var o logoutOptions
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Revoke and forget what is kept for a profile",
		Long: `Tell the server that the kept tokens are no longer used (RFC 7009), where it
has a revocation endpoint, and forget them. What the server does not revoke is
forgotten all the same; where a refresh token then lives on at the server, that is
said. Secrets stay: see secret delete.

After a login in the browser, the address that ends it there is shown too, where
the server has one (OpenID Connect RP-Initiated Logout).

-o json prints {"records":N,"revoked":N,"alive":N,"unread":N}: what was forgotten, what of it
was revoked, and refresh tokens that live on.

Exit status: 0 forgotten, or nothing was kept; 3 no such profile; 6 the store.`,
		Example: `  authctl logout -p work
  authctl logout --all --no-revoke`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runLogout(cmd.Context(), c, o)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "every profile")
	cmd.Flags().BoolVar(&o.noRevoke, "no-revoke", false, "forget only; the tokens stay good until they expire")
	registerListOutput(cmd, &o.output)
	return cmd
}

// logoutResult is a contract.
type logoutResult struct {
	Records int `json:"records"`
	Revoked int `json:"revoked"`
	Alive   int `json:"alive"`
	Unread  int `json:"unread"` // cannot be opened here, and stay
}

func runLogout(ctx context.Context, c *cli, o logoutOptions) error {
	if err := c.checkListOutput(o.output); err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	name, of := a.Settings.Profile, a.Settings.Profile
	switch {
	case o.all && c.flags.profile != "":
		return fault.New(fault.Usage, "--all and --profile say two things")
	case o.all:
		name, of = "", "all profiles"
	case name == "":
		return unnamed(a, "--profile NAME, or --all")
	}
	if !o.all {
		if err := a.Known(ctx, name); err != nil {
			return err
		}
	}
	sessions, err := a.Sessions()
	if err != nil {
		return err
	}
	done, err := sessions.Forget(ctx, name, !o.noRevoke)
	if err != nil {
		return err
	}
	c.loggedOut(done)
	if o.output == "json" {
		return c.printResult(logoutResult{done.Records, done.Revoked, done.Alive, done.Unread})
	}
	told := forgotten(done)
	switch {
	case done.Unread == 0:
	case o.all && done.Records == 0:
		told = "nothing was forgotten; " + stays(done)
	case o.all:
		told += "; " + stays(done)
	case done.Records == 0: // whose the others are, nobody knows
		told += " that can be opened here"
	}
	return shown.Fprintf(c.sys.Out, "%s: %s\n", of, told)
}

// loggedOut says what a person has to end by hand.
func (c *cli) loggedOut(done session.Forgotten) {
	for _, address := range done.Browser {
		c.say("The browser may still be logged in. To end that, open\n\n  %s\n", address)
	}
}

// stays is what a logout of all could not open, and so neither revoked nor forgot.
func stays(done session.Forgotten) string {
	if done.Unread == 1 {
		return "one kept token cannot be opened here, and stays"
	}
	return shown.Sprintf("%d kept tokens cannot be opened here, and stay", done.Unread)
}

func forgotten(done session.Forgotten) string {
	switch {
	case done.Records == 0:
		return "nothing was kept"
	case done.Alive == 1:
		return "forgotten; the refresh token was not revoked and lives on at the server"
	case done.Alive > 1:
		return shown.Sprintf("forgotten; %d refresh tokens were not revoked and live on at their servers", done.Alive)
	case done.Revoked == 0:
		return "forgotten"
	default:
		return "revoked and forgotten"
	}
}
