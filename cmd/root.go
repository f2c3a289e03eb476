// Package cmd is the command line: it parses flags, calls one function of
// internal/app for each subcommand, and turns the outcome into stdout, stderr
// and an exit code. It holds no OAuth.
package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
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
	if !quick(args) {
		_ = ctx.Done()
	}
	root := newRoot(c, args)
	root.SetArgs(args)
	out := &arrived{w: sys.Out}
	root.SetOut(out)
	err := root.ExecuteContext(ctx)
	c.flags.jsonErrors = c.flags.jsonErrors || wantsJSON(args)
	if err == nil && out.err != nil {
		err = fault.New(fault.Internal, "writing the output: %w", out.err)
	}
	return c.exit(ctx, err)
}

// quick commands mostly end at once and have nothing to clear up: until they
// wait for something, an interrupt may just end the process. All others take
// notice of it from the beginning (host.Signals).
func quick(args []string) bool {
	return len(args) > 0 && slices.Contains([]string{"token", "exec", "kid", "decode", "assert", "version"}, args[0])
}

// newRoot is the tree that args need: see addCommands.
func newRoot(c *cli, args []string) *cobra.Command {
	var asked bool
	root := &cobra.Command{
		Use:           "authctl",
		Short:         "OAuth 2 and OpenID Connect tokens for named profiles",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asked {
				return runVersion(c, "text")
			}
			return cmd.Help()
		},
	}
	root.Flags().BoolVar(&asked, "version", false, "print the version, as authctl version does")
	root.SetIn(c.sys.In)
	root.SetOut(c.sys.Out)
	root.SetErr(c.sys.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fault.New(fault.Usage, "%w", err).Hint("%s --help", cmd.CommandPath())
	})
	root.SetHelpFunc(c.help)
	c.flags.register(root.PersistentFlags())
	_ = root.RegisterFlagCompletionFunc("profile", c.completeProfiles)
	_ = root.RegisterFlagCompletionFunc("preset", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return profile.PresetNames(), cobra.ShellCompDirectiveNoFileComp
	})
	_ = root.RegisterFlagCompletionFunc("set", func(_ *cobra.Command, _ []string, begun string) (fields []string, _ cobra.ShellCompDirective) {
		for _, field := range config.Fields(c.flags.profile != "") {
			if strings.HasPrefix(field, begun) {
				fields = append(fields, field+"=")
			}
		}
		return fields, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	})
	c.addCommands(root, args)
	return root
}

// entry is one subcommand: the word that chooses it and how it is built.
type entry struct {
	name  string
	build func(*cli) *cobra.Command
}

// commands lists every subcommand, in the order of docs/cli.
func commands() []entry {
	return []entry{
		{"token", newTokenCmd},
		{"exchange", newExchangeCmd},
		{"sts", newSTSCmd},
		{"refresh", newRefreshCmd},
		{"curl", newCurlCmd},
		{"exec", newExecCmd},
		{"login", newLoginCmd},
		{"login-pkce", newLoginPKCECmd},
		{"login-device", newLoginDeviceCmd},
		{"login-password", newLoginPasswordCmd},
		{"assert", newAssertCmd},
		{"kid", newKidCmd},
		{"key", newKeyCmd},
		{"decode", newDecodeCmd},
		{"secret", newSecretCmd},
		{"doctor", newDoctorCmd},
		{"status", newStatusCmd},
		{"logout", newLogoutCmd},
		{"sandbox", newSandboxCmd},
		{"profile", newProfileCmd},
		{"version", newVersionCmd},
		{"environment", newEnvironmentTopic},
		{"exit-codes", newExitCodesTopic},
	}
}

// addCommands builds the one subcommand that args begin with, because building
// them all is a good part of what a fresh token costs; all of them for help,
// completion, a flag before the command, and whatever is no command.
func (c *cli) addCommands(root *cobra.Command, args []string) {
	all := commands()
	if len(args) > 0 {
		if i := slices.IndexFunc(all, func(e entry) bool { return e.name == args[0] }); i >= 0 {
			all = all[i : i+1]
			root.CompletionOptions.DisableDefaultCmd = true
		}
	}
	for _, e := range all {
		root.AddCommand(e.build(c))
	}
	if len(all) > 1 {
		strictHelpers(root, args)
	}
}
