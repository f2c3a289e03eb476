package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/rotation"
)

func newKeyCmd(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Replace the key that a profile signs with",
		Long: `Replace the key that a profile signs with, client.key or grant_assertion.key, a
file: or keyring: reference: make the next one, register it with the provider,
take it when the server knows it, and forget the old one. docs/keys.md has the
whole change.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKeyNewCmd(c), newKeyUseCmd(c), newKeyListCmd(c), newKeyForgetCmd(c))
	return cmd
}

// notEmpty refuses a flag that a script's unset variable emptied: without it the
// command means something else.
func notEmpty(cmd *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return fault.New(fault.Usage, "--%s is empty", name)
		}
	}
	return nil
}

// keysOfProfile runs what a subcommand of key does.
func (c *cli) keysOfProfile(ctx context.Context, run func(context.Context, *rotation.Deps, *profile.Profile) error) error {
	a, p, err := c.chosen(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*a.Settings.Timeout) // what is local, and a try at the server, which has its own
	defer cancel()
	return fault.In(p.Name, run(ctx, a.Rotation(), p))
}

func (c *cli) chosen(ctx context.Context) (*app.App, *profile.Profile, error) {
	a, err := c.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	p, err := a.Profile()
	return a, p, err
}

func newKeyUseCmd(c *cli) *cobra.Command {
	var o rotation.UseOptions
	cmd := &cobra.Command{
		Use:   "use",
		Short: "Take the new key, if the server does",
		Long: `Ask for a token with the new key. If the server gives one, the new key takes the
place of the profile's, which is kept beside it (FILE.old, or NAME.old in the
keyring) until authctl key forget; the token is thrown away. If not, nothing has
changed. Kept tokens stay good. --untested is for a grant that only a person
begins: no server is asked.

A command that was ended in the middle is repeated: at every moment the profile
has one of the keys, and neither is lost.

Exit status: 0 taken; 2 only a person could try it, or a certificate is missing;
3 there is no new key; as authctl token where the server refused.`,
		Example: `  authctl key use -p work
  authctl key use -p work --certificate issued.pem`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := notEmpty(cmd, "from", "certificate"); err != nil {
				return err
			}
			return c.keysOfProfile(cmd.Context(), func(ctx context.Context, d *rotation.Deps, p *profile.Profile) error {
				key, err := d.Use(ctx, p, o)
				if err != nil {
					return err
				}
				c.say("profile %s signs with the new key, %s; the old one is kept until authctl key forget", p.Name, key.Describe())
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.From, "from", "", "take the key of `FILE`, which stays, in place of the one that key new kept beside")
	f.StringVar(&o.Certificate, "certificate", "", "`FILE` of the new key's certificate, which takes the place of client.certificate")
	f.BoolVar(&o.Untested, "untested", false, "take it without asking the server")
	return cmd
}

func newKeyForgetCmd(c *cli) *cobra.Command {
	var made bool
	cmd := &cobra.Command{
		Use:   "forget",
		Short: "Throw the old key away",
		Long: `Throw the old key away, when the provider no longer needs it. With --new it is
the one that authctl key new made and nobody has used.

Exit status: 0 it is gone; 3 there was none.`,
		Example: `  authctl key forget -p work`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.keysOfProfile(cmd.Context(), func(ctx context.Context, d *rotation.Deps, p *profile.Profile) error {
				seat := rotation.Old
				if made {
					seat = rotation.New
				}
				ref, err := d.Forget(ctx, p, seat)
				if err == nil {
					c.say("%s is forgotten", ref)
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&made, "new", false, "the new key that is not in use")
	return cmd
}
