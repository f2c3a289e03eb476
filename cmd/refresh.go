package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// refreshOptions is what the flags of `refresh` say.
type refreshOptions struct {
	out  outputFlags
	ask  askFlags
	from tokenFile // of a refresh token, "" for the kept one
}

func newRefreshCmd(c *cli) *cobra.Command {
	var o refreshOptions
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Spend the kept refresh token, keep its successor, print the new token",
		Long: `Spend the refresh token of the profile's session (or one from a file or stdin),
keep what the server grants, and print the new access token.

The new refresh token is on disk before anything is printed. A refresh token is
sent once: no failure makes authctl send it again. Scopes, audience and resource
are those of the session; --param scope=NAME asks the server for less.

Exit status: 0 printed; 2 the kept token has no refresh token; 4 the server
refused; 5 network; 6 the successor could not be kept (nothing was sent); 8 there
is no session, or it is over: log in again.`,
		Example: `  authctl refresh -p gateway
  authctl refresh -p gateway --param organization_id=1234
  authctl refresh -p gateway --refresh-token - < token.txt`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRefresh(cmd.Context(), c, o) },
	}
	o.out.register(cmd)
	o.ask.registerParam(cmd) // scope, audience and resource are those that were granted
	cmd.Flags().Var(&o.from, "refresh-token", "`file` with a refresh token, - for stdin, or env:NAME (default: the kept one)")
	return cmd
}

func runRefresh(ctx context.Context, c *cli, o refreshOptions) error {
	o.ask.Grant = grant.RefreshToken{}.Name()
	t, err := c.prepare(ctx, o.out, o.ask)
	if err != nil {
		return err
	}
	set, err := t.refresh(ctx, c, o.from)
	return t.finish(ctx, acquire.Result{Set: set}, err)
}

// refresh spends the refresh token in from, "" for the kept one.
func (t *task) refresh(ctx context.Context, c *cli, from tokenFile) (token.Set, error) {
	if from == "" {
		return t.acq.Refresh(ctx, t.profile, t.asked)
	}
	raw, err := c.tokenFrom(ctx, t, "--refresh-token", from, secret.Ref{})
	if err != nil {
		return token.Set{}, err
	}
	text := strings.TrimSpace(string(raw))
	if !token.IsText(text) {
		return token.Set{}, fault.New(fault.Config, "the refresh token is not plain text in one line, as every token is")
	}
	return t.acq.RefreshWith(ctx, t.profile, t.asked, secret.New(text))
}
