package cmd

import (
	"context"
	"maps"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

func newProfileCmd(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profile",
		Short: "List, show, check, make, change and remove profiles",
		Long: `Profiles live in profiles.yaml in the folder authctl of $XDG_CONFIG_HOME (the
platform's equivalent elsewhere), and as profiles.d/NAME.yaml beside it.
--config or AUTHCTL_CONFIG names another file. docs/profiles.md explains every field.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newProfileListCmd(c), newProfileShowCmd(c), newProfileCheckCmd(c), newProfileAddCmd(c), newProfileImportCmd(c),
		newProfileUseCmd(c), newProfileEditCmd(c), newProfileRenameCmd(c), newProfileRemoveCmd(c), newProfilePathCmd(c))
	return cmd
}

// completeProfiles offers the names of the profiles to the shell; a broken
// file offers none, quietly.
func (c *cli) completeProfiles(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	a, err := c.open(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, err := config.Names(a.Settings)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeOneProfile is completeProfiles for a single argument.
func (c *cli) completeOneProfile(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return c.completeProfiles(cmd, args, toComplete)
}

func newProfileShowCmd(c *cli) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "show [NAME]",
		Short: "Print a profile with all that its preset and the defaults add",
		Long: `Prints the profile as YAML that could stand in profiles.d/NAME.yaml. A comment
marks what comes from the preset or is a default. References to secrets are
shown, the secrets are not read. Without NAME it is the profile of --profile,
AUTHCTL_PROFILE or default_profile. With -o json one object, {"name":...,
"fields":{...},"written":{...}}: written says for a field at which
file:line:column, or in which preset, it stands; the others are defaults.

Exit status: 0 shown; 3 the profile is wrong or not there.`,
		Args:              oneAtMost("NAME"),
		ValidArgsFunction: c.completeOneProfile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProfileShow(cmd.Context(), c, first(args), output)
		},
	}
	registerListOutput(cmd, &output)
	return cmd
}

func runProfileShow(ctx context.Context, c *cli, name, output string) error {
	if err := c.checkListOutput(output); err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	p, err := config.LoadProfile(a.Settings, name)
	if err != nil {
		return err
	}
	if output == "json" {
		return c.printResult(map[string]any{"name": p.Name, "fields": config.Values(p), "written": writtenAt(p)})
	}
	text, err := config.MarshalWithOrigins(p)
	if err != nil {
		return fault.New(fault.Internal, "writing the profile: %w", err)
	}
	_, err = c.sys.Out.Write(text)
	return err
}

// writtenAt is where each field stands, without what only profile add reads of a preset.
func writtenAt(p *profile.Profile) map[string]string {
	at := maps.Clone(p.Source)
	maps.DeleteFunc(at, func(field, _ string) bool { return field == "" || strings.HasPrefix(field, "ask") })
	return at
}

// first is the first argument, "" without one.
func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}
