package cmd

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"authctl/internal/config"
	"authctl/internal/config/revise"
	"authctl/internal/fault"
	"authctl/internal/shown"
)

func newProfileUseCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "use NAME",
		Short: "Make a profile the default",
		Long: `Write default_profile into the profiles file, which keeps its comments and
order, and is made where there is none. A single profile is the default without.

Exit status: 0 written; 3 no such profile, or the file cannot be changed.`,
		Args:              one("NAME"),
		ValidArgsFunction: c.completeOneProfile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProfileUse(cmd.Context(), c, args[0])
		},
	}
}

func runProfileUse(ctx context.Context, c *cli, name string) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	if _, err := config.PlaceOf(ctx, a.Settings, name); err != nil {
		return err
	}
	main, err := config.PlaceOf(ctx, a.Settings, "")
	if err != nil {
		return err
	}
	text, err := revise.Default(main.Path, main.Text, name)
	if err == nil {
		err = revise.Place(ctx, main, text)
	}
	if err != nil {
		return err
	}
	c.say("%s is the default: default_profile in %s", name, main.Path)
	if v, _ := c.sys.Env("AUTHCTL_PROFILE"); v != "" && v != name {
		c.say("note: AUTHCTL_PROFILE is set to %s and goes before it", v)
	}
	return nil
}

func newProfilePathCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "path [NAME]",
		Short: "Print the path of the profiles file, or of the file of one profile",
		Long: `Prints where the profiles file is, whether or not it is there; with NAME the
file in which that profile stands.

Exit status: 0 printed; 3 no such profile, or no place is known.`,
		Args:              oneAtMost("NAME"),
		ValidArgsFunction: c.completeOneProfile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProfilePath(cmd.Context(), c, first(args))
		},
	}
}

func runProfilePath(ctx context.Context, c *cli, name string) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	at, err := config.PlaceOf(ctx, a.Settings, name)
	if err != nil && (name != "" || at.Path == "") {
		return err
	}
	path, err := filepath.Abs(at.Path)
	if err != nil {
		return fault.New(fault.Config, "finding %s: %w", at.Path, err)
	}
	if c.sys.Terminal(1) {
		path = shown.Whole(path)
	}
	return c.printExactly([]byte(path + "\n")) // else $(authctl profile path) would be another file
}
