package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/login/flows"
)

func newLoginCmd(c *cli) *cobra.Command {
	var out outputFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Log in by whatever way there is here and print the token; the session is kept",
		Long: `Log in as login-pkce does where a browser can be opened here; else as
login-device does, on another machine or a phone, where the server offers that;
else in a browser elsewhere, whose address is shown and pasted back. A profile
with grant: device_code always uses login-device. Those two commands have the
details and more flags.

Exit status: that of login-pkce or login-device.`,
		Example: `  authctl login -p work`,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runLogin(cmd.Context(), c, out) },
	}
	out.register(cmd)
	return cmd
}

func runLogin(ctx context.Context, c *cli, out outputFlags) error {
	t, err := c.prepare(ctx, out, askFlags{})
	if err != nil {
		return err
	}
	flow, err := t.app.Login()
	if err != nil {
		return err
	}
	r, err := flow.Any(ctx, t.profile, t.acq, flows.Options{Limit: c.flags.timeout})
	return t.finish(ctx, r, err)
}
