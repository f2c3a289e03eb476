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
	var output string
	cmd := &cobra.Command{
		Use:   "check [NAME]",
		Short: "Report everything that is wrong in the profiles file",
		Long: `Checks one profile, or all of them: unknown and duplicate keys, wrong values,
missing fields, secrets that stand in the file, addresses that are not https.
Every problem is one line on stderr, FILE:LINE:COLUMN first. Nothing is sent and
no secret is read; authctl doctor goes further. With -o json stdout is one object,
{"ok":...,"profiles":[...],"problems":[{"file":...,"message":...}]}.

Exit status: 0 all is well; 3 something is wrong.`,
		Args:              oneAtMost("NAME"),
		ValidArgsFunction: c.completeOneProfile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProfileCheck(cmd.Context(), c, first(args), output)
		},
	}
	registerListOutput(cmd, &output)
	return cmd
}

func runProfileCheck(ctx context.Context, c *cli, name, output string) error {
	if err := c.checkListOutput(output); err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	s := a.Settings
	profiles, err := checked(s, cmp.Or(name, c.flags.profile))
	if problems := strict.AllProblems(err); len(problems) > 0 {
		return c.report(problems, output)
	}
	if err != nil {
		return err
	}
	if len(profiles) == 0 {
		return config.NoProfiles(s)
	}
	if output == "json" {
		names := make([]string, len(profiles))
		for i, p := range profiles {
			names[i] = p.Name
		}
		return c.printResult(map[string]any{"ok": true, "profiles": names, "problems": []any{}})
	}
	for _, p := range profiles {
		if err := shown.Fprintf(c.sys.Out, "%s: %s\n", p.Name, c.sys.Screen(1).Paint(shown.Green, "ok")); err != nil {
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

// problem is one entry of `profile check -o json`; its names are a contract.
type problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Profile string `json:"profile,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// report lists every problem and sums up in the error. In JSON the list is the
// result, as doctor's is.
func (c *cli) report(problems strict.Problems, output string) error {
	if output == "json" {
		list := make([]problem, len(problems))
		for i, p := range problems {
			list[i] = problem{p.File, p.Line, p.Column, p.Profile, p.Path, p.Text, p.Hint}
		}
		if err := c.printResult(map[string]any{"ok": false, "profiles": []string{}, "problems": list}); err != nil {
			return err
		}
		return found(problems)
	}
	s := c.sys.Screen(2)
	for _, p := range problems {
		_ = shown.Fit(c.sys.Err, s, 4, "%s\n", shown.Line(p.Full()))
		if p.Hint != "" {
			_ = shown.Fit(c.sys.Err, s, 4, "  %s %s\n", s.Paint(shown.Yellow, "hint:"), shown.Line(p.Hint))
		}
	}
	return found(problems)
}

func found(problems strict.Problems) error {
	if len(problems) == 1 {
		return fault.New(fault.Config, "1 problem")
	}
	return fault.New(fault.Config, "%d problems", len(problems))
}
