// Package cmd is the command line: it parses flags, calls one function of
// internal/app for each subcommand, and turns the outcome into stdout, stderr
// and an exit code. It holds no OAuth.
package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/fault"
)

// cli is what every subcommand is built with.
type cli struct {
	sys   app.System
	flags globalFlags
}

// Main runs authctl with args (without the program's name) and returns the
// exit code of docs/exit-codes.md. It is the only entry point.
func Main(ctx context.Context, sys app.System, args []string) int {
	c := &cli{sys: sys}
	root := newRoot(c)
	root.SetArgs(args)
	return c.exit(ctx, root.ExecuteContext(ctx))
}

func newRoot(c *cli) *cobra.Command {
	root := &cobra.Command{
		Use:           "authctl",
		Short:         "OAuth 2 and OpenID Connect tokens for named profiles",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(c.sys.In)
	root.SetOut(c.sys.Out)
	root.SetErr(c.sys.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fault.New(fault.Usage, "%w", err).Hint("%s --help", cmd.CommandPath())
	})
	c.flags.register(root.PersistentFlags())
	_ = root.RegisterFlagCompletionFunc("profile", c.completeProfiles)
	root.AddCommand(c.commands()...)
	return root
}

// commands lists every subcommand, in the order of docs/cli.
func (c *cli) commands() []*cobra.Command {
	return []*cobra.Command{
		newTokenCmd(c),
		newExchangeCmd(c),
		newRefreshCmd(c),
		newCurlCmd(c),
		newLoginPKCECmd(c),
		newLoginDeviceCmd(c),
		newAssertCmd(c),
		newKidCmd(c),
		newDecodeCmd(c),
		newSecretCmd(c),
		newStatusCmd(c),
		newLogoutCmd(c),
		newSandboxCmd(c),
		newProfileCmd(c),
		newVersionCmd(c),
	}
}
