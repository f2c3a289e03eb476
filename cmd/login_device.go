package cmd

import (
	"context"

	"authctl/internal/acquire"
	"authctl/internal/login/flows"

	"github.com/spf13/cobra"
)

func newLoginDeviceCmd(c *cli) *cobra.Command {
	var out outputFlags
	cmd := &cobra.Command{
		Use:   "login-device",
		Short: "Log in on another machine or a phone; the session is kept",
		Long: `Log in by device authorization (RFC 8628), for machines without a browser: a QR
code, an address and a code are shown on stderr, a person opens the address
anywhere and confirms the code, and authctl asks the server until that is done.
An id_token is verified. The session is kept, so that token uses and refreshes it.
At a terminal it says who logged in and until when; the token itself is printed in
a pipe, with -o, or where nothing is kept.
--timeout is how long a person is waited for, the code's own life unless given.

Exit status: 0 printed; 3 profile; 4 the server or the person refused; 5 network;
6 the session could not be kept (no code was asked for); 7 the id_token is not to
be believed (nothing is kept); 8 nobody logged in in time; 130 stopped.`,
		Example: `  authctl login-device -p work`,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runLoginDevice(cmd.Context(), c, out) },
	}
	out.register(cmd)
	return cmd
}

func runLoginDevice(ctx context.Context, c *cli, out outputFlags) error {
	return c.login(ctx, out, func(flow flows.Deps, t *task) (acquire.Result, error) {
		return flow.Device(ctx, t.profile, t.acq, c.flags.timeout)
	})
}
