package cmd

import (
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
)

// tokenOptions is what the flags of `token` say.
type tokenOptions struct {
	out   outputFlags
	ask   askFlags
	fresh freshFlags
}

// freshFlags say when a kept token will not do.
type freshFlags struct {
	force  bool
	minTTL time.Duration
}

// register adds the flags, for a kept one of what.
func (f *freshFlags) register(cmd *cobra.Command, what string) {
	cmd.Flags().BoolVar(&f.force, "force", false, "ask the server although a fresh "+what+" is kept")
	cmd.Flags().Var((*span)(&f.minTTL), "min-ttl", "least remaining `life` of a kept "+what+" (default: the profile's, 60s)")
}

func (f *freshFlags) options(cmd *cobra.Command, ask askFlags) (acquire.Options, error) {
	o := acquire.Options{Force: f.force, Ask: ask.Overrides}
	if f.minTTL < 0 {
		return o, fault.New(fault.Usage, "--min-ttl must not be negative")
	}
	if cmd.Flags().Changed("min-ttl") {
		o.MinTTL = &f.minTTL
	}
	return o, nil
}

func newTokenCmd(c *cli) *cobra.Command {
	var o tokenOptions
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Print a token for the profile, from the store while it is fresh",
		Long: `Print a token for the profile.

A kept token that is still fresh is printed without asking the server. Else
the profile's session (exchange or a login) is refreshed, or a token is asked
for by the profile's own grant.

--scope, --resource and --audience ask for a token of another API. Where the
profile's grant needs a person, the refresh token of the session is spent for
it; the token is kept beside the session, which stays as it is.

A profile whose subject token comes from a security token service (sts.url) needs nobody:
the assertion is asked for, kept until its end, and exchanged. --sts-claim asks for another
claim than the profile's; each has tokens of its own.

--claim and --subject change the assertion that authctl signs for this call:
that of the grant (grant_assertion), else the client's. Each value has a token
of its own.

Exit status: 0 printed; 3 profile or secret; 4 the server refused; 5 network;
6 keyring or store; 7 no such member (--select), or a token that is none;
8 a person must log in.`,
		Example: `  authctl token --profile gateway
  authctl token -p gateway -o headers
  authctl token -p work --scope api://orders/.default
  authctl token -p maskinporten --claim 'consumer_org="910753614"'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runToken(cmd, c, o)
		},
	}
	o.out.register(cmd)
	o.ask.register(cmd)
	o.ask.registerSigned(cmd)
	o.ask.registerSTS(cmd)
	o.fresh.register(cmd, "token")
	return cmd
}

func runToken(cmd *cobra.Command, c *cli, o tokenOptions) error {
	options, err := o.fresh.options(cmd, o.ask)
	if err != nil {
		return err
	}
	t, err := c.prepare(cmd.Context(), o.out, o.ask)
	if err != nil {
		return err
	}
	r, err := t.acq.Token(cmd.Context(), t.profile, options)
	return t.finish(cmd.Context(), r, err)
}
