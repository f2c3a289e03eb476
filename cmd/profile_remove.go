package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/app/life"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/shown"
)

type removeOptions struct {
	name          string
	yes, noRevoke bool
}

func newProfileRemoveCmd(c *cli) *cobra.Command {
	var o removeOptions
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a profile with its secrets and tokens",
		Long: `Revoke and forget the tokens of a profile as logout does, remove its secrets from
the keyring and the token store, and take the profile out of its file; all else of
the file stays as it is. What is not authctl's, such as a key file of yours, stays
and is named. Asks first; --yes does not.

Exit status: 0 removed; 2 not confirmed; 3 no such profile, or the file cannot be
changed; 6 the keyring or the token store.`,
		Example:           `  authctl profile remove work`,
		Args:              one("NAME"),
		ValidArgsFunction: c.completeOneProfile,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return fault.In(o.name, runProfileRemove(cmd.Context(), c, o))
		},
	}
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&o.noRevoke, "no-revoke", false, "forget the tokens only; they stay good until they expire")
	return cmd
}

func runProfileRemove(ctx context.Context, c *cli, o removeOptions) error {
	deps, b, err := c.belongings(ctx, o.name)
	if err != nil {
		return err
	}
	for _, note := range b.Notes {
		c.say("note: %s", note)
	}
	if !o.yes {
		if err := c.confirm(ctx, "remove profile "+o.name+carried(b)+" from "+b.Place.Path); err != nil {
			return err
		}
	}
	done, err := deps.Remove(ctx, b, !o.noRevoke)
	if err != nil {
		return err
	}
	c.loggedOut(done)
	if done.Records > 0 {
		c.say("its tokens are %s", forgotten(done))
	}
	for _, name := range b.Secrets {
		c.say("keyring:%s of %s is removed", name, o.name)
	}
	if b.Place.Default {
		c.say("it was the default profile: authctl profile use NAME chooses another")
	}
	return shown.Fprintf(c.sys.Out, "%s: removed\n", o.name)
}

func (c *cli) belongings(ctx context.Context, name string) (life.Deps, life.Belongings, error) {
	a, err := c.open(ctx)
	if err != nil {
		return life.Deps{}, life.Belongings{}, err
	}
	deps, err := a.Life()
	if err != nil {
		return deps, life.Belongings{}, err
	}
	b, err := deps.Of(ctx, name)
	return deps, b, err
}

// carried is what goes with the profile, for the question.
func carried(b life.Belongings) string {
	var parts []string
	if len(b.Secrets) > 0 {
		parts = append(parts, "its secrets "+strings.Join(b.Secrets, ", "))
	}
	if b.KeyFile != "" {
		parts = append(parts, "its key "+b.KeyFile)
	}
	if b.Tokens > 0 {
		parts = append(parts, fmt.Sprintf("%d kept tokens", b.Tokens))
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + strings.Join(parts, " and ")
}

// confirm asks a person, and only a person: no means no.
func (c *cli) confirm(ctx context.Context, what string) error {
	ask := &asker{c: c, lines: lineReader(c.sys.In)}
	if !ask.person() {
		return fault.New(fault.Usage, "nobody is there to be asked: %s?", what).Hint("--yes does it without a question")
	}
	answer, err := ask.line(ctx, what+"? [y/N]")
	if err != nil {
		return err
	}
	if !affirmed(answer) {
		return fault.New(fault.Usage, "nothing was changed")
	}
	return nil
}

func affirmed(answer string) bool {
	return strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")
}

func newProfileRenameCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "Give a profile another name; its secrets and tokens follow",
		Long: `Give a profile another name, in its file, in default_profile, for its secrets and
for what servers granted. All else of the file stays as it is.

Exit status: 0 renamed; 3 no such profile, it cannot be read, or NEW is taken; 6
the keyring or the token store.`,
		Example: `  authctl profile rename work work-test`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fault.New(fault.Usage, "%s needs OLD and NEW", cmd.CommandPath()).Hint("%s --help", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: c.completeOneProfile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return fault.In(args[0], runProfileRename(cmd.Context(), c, args[0], args[1]))
		},
	}
}

func runProfileRename(ctx context.Context, c *cli, from, to string) error {
	deps, b, err := c.belongings(ctx, from)
	if err != nil {
		return err
	}
	done, err := deps.Rename(ctx, b, to)
	if done.Path != "" {
		c.say("profile %s is %s now, in %s", from, to, done.Path)
		c.say("with it: %d secrets, %d records of tokens", done.Secrets, done.Tokens)
	}
	if err != nil {
		return err
	}
	for _, at := range b.Profile.Refs() {
		if v := secretstore.OverrideName(from, at.Ref.Name); at.Ref.Kind == secret.Keyring && isSet(c.sys.Env, v) {
			c.say("note: %s stands in for %s no longer: set %s", v, at.Ref, secretstore.OverrideName(to, at.Ref.Name))
		}
	}
	return shown.Fprintf(c.sys.Out, "%s\n", to)
}
