package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/login/flows"
)

func newLoginCmd(c *cli) *cobra.Command {
	var out outputFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Log in by whatever way there is here; the session is kept",
		Long: `Log in as login-pkce does where a browser can be opened here; else as
login-device does, on another machine or a phone, where the server offers that;
else in a browser elsewhere, whose address is shown and pasted back. A profile
with grant: device_code always uses login-device, one with grant: password, and no
other, login-password. Those commands have the details and more flags.

Exit status: that of login-pkce, login-device or login-password.`,
		Example: `  authctl login -p work`,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runLogin(cmd.Context(), c, out) },
	}
	out.register(cmd)
	return cmd
}

func runLogin(ctx context.Context, c *cli, out outputFlags) error {
	return c.login(ctx, out, func(flow flows.Deps, t *task) (acquire.Result, error) {
		return flow.Any(ctx, t.profile, t.acq, flows.Options{Limit: c.flags.timeout, Person: typist{c: c}})
	})
}
