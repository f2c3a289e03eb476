package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

func newSecretListCmd(c *cli) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The secrets that a profile refers to, and whether each is there",
		Long: `List every keyring:NAME that the profile refers to: where it is found (the
OS keyring, the token store, or a variable of the environment) and which
fields use it. Values are never shown.

Exit status: 0 listed, missing ones too; 3 profile; 6 the keyring did not answer.`,
		Example: `  authctl secret list -p work
  authctl secret list -o json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runSecretList(cmd.Context(), c, output)
		},
	}
	registerListOutput(cmd, &output)
	return cmd
}

// registerListOutput adds the -o of commands that list.
func registerListOutput(cmd *cobra.Command, output *string) {
	cmd.Flags().StringVarP(output, "output", "o", "text", "what to print: text, json")
	fixed(cmd, "output", []string{"text", "json"})
}

func (c *cli) checkListOutput(output string) error {
	c.flags.jsonErrors = output == "json"
	if output != "text" && output != "json" {
		return fault.New(fault.Usage, "unknown output %q", output).Hint("-o text or -o json")
	}
	return nil
}

// listedSecret is one line of `secret list`; its JSON names are a contract.
type listedSecret struct {
	Name    string   `json:"name"`
	Present bool     `json:"present"`
	Where   string   `json:"where,omitempty"` // keyring | store | the variable's name
	Fields  []string `json:"fields"`
}

func runSecretList(ctx context.Context, c *cli, output string) error {
	if err := c.checkListOutput(output); err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	p, err := a.Profile()
	if err != nil {
		return err
	}
	all := []listedSecret{}
	at := map[string]int{}
	for _, r := range p.Refs() {
		if r.Ref.Kind != secret.Keyring {
			continue
		}
		i, known := at[r.Ref.Name]
		if !known {
			where, err := a.Secrets().Find(ctx, p.Name, r.Ref.Name)
			if err != nil {
				return err
			}
			i, at[r.Ref.Name] = len(all), len(all)
			all = append(all, listedSecret{Name: r.Ref.Name, Present: where != "", Where: where})
		}
		all[i].Fields = append(all[i].Fields, r.Path)
	}
	if output == "json" {
		return c.printResult(map[string]any{"profile": p.Name, "secrets": all})
	}
	return printSecrets(c, all)
}

func printSecrets(c *cli, all []listedSecret) error {
	screen, table := c.sys.Screen(1), shown.Table{Heads: true}
	table.Row("NAME", "WHERE", "USED BY")
	for _, s := range all {
		where := screen.Paint("", s.Where)
		if !s.Present {
			where = screen.Paint(shown.Yellow, "missing")
		}
		table.Row(s.Name, where, shown.Line(strings.Join(s.Fields, ", ")))
	}
	return table.Write(c.sys.Out, screen)
}

// printResult writes one JSON object to stdout.
func (c *cli) printResult(v any) error {
	line, err := shown.JSON(v)
	if err == nil {
		_, err = c.sys.Out.Write(line)
	}
	return err
}

// completeSecretNames offers what the profile refers to; it asks no keyring.
func (c *cli) completeSecretNames(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	a, err := c.open(cmd.Context())
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	p, err := a.Profile()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, r := range p.Refs() {
		if r.Ref.Kind == secret.Keyring && !strings.ContainsFunc(r.Ref.Name, shown.Drives) && !slices.Contains(names, r.Ref.Name) {
			names = append(names, r.Ref.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
