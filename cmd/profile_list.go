package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/config"
	"authctl/internal/shown"
)

func newProfileListCmd(c *cli) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print the names of the profiles, the default one marked",
		Long: `Prints one name a line; the profile that is used without --profile has a * behind
it. With -o json one object: {"profiles":[{"name":...,"default":...}]}.

Exit status: 0 printed; 3 there is no profile, or the file cannot be read.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runProfileList(cmd.Context(), c, output) },
	}
	registerListOutput(cmd, &output)
	return cmd
}

func runProfileList(ctx context.Context, c *cli, output string) error {
	if err := c.checkListOutput(output); err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	s := a.Settings
	names, err := config.Names(s)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		if _, err := config.LoadAll(s); err != nil { // says what is wrong
			return err
		}
		return config.NoProfiles(s)
	}
	if output == "json" {
		return c.printResult(listing(names, s.Profile))
	}
	for _, name := range names {
		line := c.sys.Screen(1).Paint("", name)
		if name == s.Profile {
			line = c.sys.Screen(1).Paint(shown.Green, name+" *")
		}
		if err := shown.Fprintf(c.sys.Out, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}

type listed struct {
	Name    string `json:"name"`
	Default bool   `json:"default"`
}

func listing(names []string, chosen string) map[string][]listed {
	list := make([]listed, len(names))
	for i, name := range names {
		list[i] = listed{name, name == chosen}
	}
	return map[string][]listed{"profiles": list}
}
