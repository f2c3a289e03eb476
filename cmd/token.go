package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
)

// tokenOptions is what the flags of `token` say.
type tokenOptions struct {
	out    outputFlags
	ask    askFlags
	force  bool
	minTTL *time.Duration
}

func newTokenCmd(c *cli) *cobra.Command {
	var o tokenOptions
	var minTTL time.Duration
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Print a token for the profile, from the store while it is fresh",
		Long: `Print a token for the profile.

A kept token that is still fresh is printed without asking the server. Else
the profile's session (exchange, login-pkce, login-device) is refreshed, or a
token is asked for by the profile's own grant.

--scope, --resource and --audience ask for a token of another API. Where the
profile's grant needs a person, the refresh token of the session is spent for
it; the token is kept beside the session, which stays as it is.

Exit status: 0 printed; 3 profile or secret; 4 the server refused; 5 network;
6 keyring or store; 8 a person must log in.`,
		Example: `  authctl token --profile gateway
  eval "$(authctl token -o env)"
  authctl token -p gateway -o headers
  authctl token -p work --scope api://orders/.default`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if minTTL < 0 {
				return fault.New(fault.Usage, "--min-ttl must not be negative")
			}
			if cmd.Flags().Changed("min-ttl") {
				o.minTTL = &minTTL
			}
			return runToken(cmd.Context(), c, o)
		},
	}
	o.out.register(cmd)
	o.ask.register(cmd)
	cmd.Flags().BoolVar(&o.force, "force", false, "ask the server although a fresh token is kept")
	cmd.Flags().Var((*span)(&minTTL), "min-ttl", "least remaining `life` of a kept token (default: the profile's, 60s)")
	return cmd
}

func runToken(ctx context.Context, c *cli, o tokenOptions) error {
	t, err := c.prepare(ctx, o.out, o.ask)
	if err != nil {
		return err
	}
	r, err := t.acq.Token(ctx, t.profile, acquire.Options{Force: o.force, MinTTL: o.minTTL, Ask: o.ask.Overrides})
	return t.finish(ctx, r, err)
}
