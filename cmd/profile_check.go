package cmd

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/shown"
	"authctl/internal/strict"
)

func newProfileCheckCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "check [NAME]",
		Short: "Report everything that is wrong in the profiles file",
		Long: `Checks one profile, or all of them: unknown and duplicate keys, wrong values,
missing fields, secrets that stand in the file, addresses that are not https.
Every problem is one line on stderr, FILE:LINE:COLUMN first. Nothing is sent and
no secret is read; authctl doctor goes further.

Exit status: 0 all is well; 3 something is wrong.`,
		Args:              oneAtMost("NAME"),
		ValidArgsFunction: c.completeOneProfile,
		RunE:              func(cmd *cobra.Command, args []string) error { return runProfileCheck(cmd.Context(), c, first(args)) },
	}
}

func runProfileCheck(ctx context.Context, c *cli, name string) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	s := a.Settings
	profiles, err := checked(s, cmp.Or(name, c.flags.profile))
	if problems := strict.AllProblems(err); len(problems) > 0 {
		return c.report(problems)
	}
	if err != nil {
		return err
	}
	if len(profiles) == 0 {
		return config.NoProfiles(s)
	}
	for _, p := range profiles {
		if err := shown.Fprintf(c.sys.Out, "%s: ok\n", p.Name); err != nil {
			return err
		}
	}
	return nil
}

func checked(s config.Settings, name string) ([]profile.Profile, error) {
	if name == "" {
		set, err := config.LoadAll(s)
		if err != nil {
			return nil, err
		}
		return set.Profiles, nil
	}
	p, err := config.LoadProfile(s, name)
	if err != nil {
		return nil, err
	}
	return []profile.Profile{*p}, nil
}

// report lists every problem and sums up in the error.
func (c *cli) report(problems strict.Problems) error {
	for _, p := range problems {
		_ = shown.Fprintf(c.sys.Err, "%s\n", shown.Line(p.Full()))
		if p.Hint != "" {
			_ = shown.Fprintf(c.sys.Err, "  hint: %s\n", shown.Line(p.Hint))
		}
	}
	if len(problems) == 1 {
		return fault.New(fault.Config, "1 problem")
	}
	return fault.New(fault.Config, "%d problems", len(problems))
}
