package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/app/shared"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/shown"
)

func newSecretCmd(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Keep a profile's secrets in the OS keyring",
		Long: `Keep a profile's secrets in the OS keyring.

A profile refers to them as keyring:NAME. Other programs find them there as
well: on Linux with secret-tool search service authctl/PROFILE. A value never
comes from a flag and is never printed.

Where there is no keyring (a container, SSH, WSL), store: file in the profiles
file, --store file or AUTHCTL_STORE=file keeps them sealed in files of yours;
docs/store.md says who can read those.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSecretSetCmd(c), newSecretListCmd(c), newSecretDeleteCmd(c))
	return cmd
}

func newSecretSetCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "set NAME",
		Short: "Store a secret, from a prompt without echo or from stdin",
		Long: `Store the secret keyring:NAME of a profile.

On a terminal it is asked for without echo. Return ends it; a PEM block or
JSON, which may be pasted, is read to its own end instead, and Ctrl-D ends
whatever is unfinished. Without a terminal all of stdin is taken, without its
last line ending: a PEM key is stored as it is. What the profile names as a client secret or a password must be one line of text; a
byte-order mark and UTF-16 are undone.

Exit status: 0 stored; 2 nothing was given, or no one line where it must be one;
3 no such profile; 6 neither the keyring nor store: file
kept it.`,
		Example: `  authctl secret set client_secret -p work
  authctl secret set key -p work < key.pem`,
		Args:              one("NAME"),
		ValidArgsFunction: c.completeSecretNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSecretSet(cmd.Context(), c, args[0])
		},
	}
}

func runSecretSet(ctx context.Context, c *cli, name string) error {
	a, profile, err := c.secretsOf(ctx, name)
	if err != nil {
		return err
	}
	if err := config.Known(a.Settings, profile); err != nil && profile != shared.Profile {
		return err
	}
	value, err := c.askSecret(ctx, profile, name)
	if err == nil {
		value, err = c.asLine(a, name, value)
	}
	if err != nil {
		return fault.In(profile, err)
	}
	kept, err := a.Secrets().Put(ctx, profile, name, value)
	if err != nil {
		return err
	}
	c.sayKept(a, profile, name, kept)
	c.noteUse(a, profile, name)
	return nil
}

// sayKept says where a secret went, why not into a keyring, and who can read it.
func (c *cli) sayKept(a *app.App, profile, name string, kept secretstore.Kept) {
	where, readers := a.Where(kept, profile)
	c.say("keyring:%s of %s is stored %s", name, profile, where)
	if kept.Because != nil {
		c.say("note: %s", kept.Because)
	}
	if readers != "" {
		c.say("note: %s", readers)
	}
}

// secretsOf checks the names: they become an item of the keyring.
func (c *cli) secretsOf(ctx context.Context, name string) (*app.App, string, error) {
	a, err := c.open(ctx)
	if err != nil {
		return nil, "", err
	}
	if _, err := secret.ParseRef("keyring:" + name); err != nil || strings.ContainsAny(name, ":") {
		return nil, "", fault.New(fault.Usage, "%q is no name of a secret", name).Hint("authctl secret set client_secret -p PROFILE")
	}
	if a.Settings.Profile == "" {
		return nil, "", unnamed(a, "--profile NAME")
	}
	return a, a.Settings.Profile, nil
}

// unnamed is the fault of a command that needs a profile and has none.
func unnamed(a *app.App, hint string) error {
	if err := a.Settings.ProfileUnknown(); err != nil {
		return err
	}
	return fault.New(fault.Usage, "which profile? none was named and there is no default_profile").Hint("%s", hint)
}

// maxSecret is far above any key file, and below what a record can hold.
const maxSecret = 128 << 10

func (c *cli) askSecret(ctx context.Context, profile, name string) (secret.Text, error) {
	var v secret.Text
	if c.sys.IsTerminal != nil && c.sys.IsTerminal(0) && c.sys.Prompt != nil {
		t, err := c.sys.Prompt(ctx, fmt.Sprintf("%s of %s (not shown)", name, profile))
		if err != nil {
			return secret.Text{}, err
		}
		v = t
	} else {
		b, err := c.input(ctx, "-", maxSecret)
		if err != nil {
			return secret.Text{}, secretUnread(err)
		}
		v = secretstore.Typed(b)
	}
	switch {
	case v.IsZero():
		return secret.Text{}, fault.New(fault.Usage, "no secret was given").Hint("authctl secret set %s -p %s < FILE", name, profile)
	case len(v.Reveal()) > maxSecret:
		return secret.Text{}, secretUnread(&files.TooLargeError{Limit: maxSecret})
	}
	return v, nil
}

func secretUnread(err error) error {
	var large *files.TooLargeError
	if errors.As(err, &large) {
		return fault.New(fault.Usage, "the secret %w", err).Hint("keep it in a file and refer to it as file:PATH")
	}
	return unreadable(fault.Usage, "-", err)
}

// asLine is value as the profile's field needs it that keyring:name is for: a
// client secret is one line, a key is what it is.
func (c *cli) asLine(a *app.App, name string, value secret.Text) (secret.Text, error) {
	p, err := a.Profile()
	if err != nil {
		return value, nil //nolint:nilerr // noteUse says that the profile cannot be loaded
	}
	for _, at := range p.Refs() {
		if !at.Ref.Line || at.Ref.Kind != secret.Keyring || at.Ref.Name != name {
			continue
		}
		line, err := secretstore.Line(value)
		if err != nil {
			return secret.Text{}, fault.New(fault.Usage, "keyring:%s is %s and cannot be that: %w", name, at.Path, err).
				Hint("a client secret is one line of text (RFC 6749 A.2)")
		}
		if secret.BeyondASCII(line) {
			c.say("note: it has characters beyond ASCII, which not every server reads alike (RFC 6749 A.2)")
		}
		return line, nil
	}
	return value, nil
}

// noteUse tells of what would keep the new secret from being used.
func (c *cli) noteUse(a *app.App, profile, name string) {
	if v := secretstore.OverrideName(profile, name); isSet(c.sys.Env, v) {
		c.say("note: %s is set and goes before it", v)
	}
	p, err := a.Profile()
	if err != nil && profile == shared.Profile {
		return
	}
	if err != nil {
		c.say("note: profile %s cannot be loaded yet", profile)
		return
	}
	for _, r := range p.Refs() {
		if r.Ref.Kind == secret.Keyring && r.Ref.Name == name {
			return
		}
	}
	c.say("note: no field of profile %s refers to keyring:%s", profile, name)
}

func isSet(env func(string) (string, bool), name string) bool {
	_, ok := env(name)
	return ok
}

// say writes one line for a person, unless --quiet.
func (c *cli) say(format string, args ...any) {
	if !c.flags.quiet {
		_ = shown.Fit(c.sys.Err, c.sys.Screen(2), 2, format+"\n", args...)
	}
}

func newSecretDeleteCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "delete NAME",
		Short: "Remove a secret from the OS keyring or the token store",
		Long: `Remove the secret keyring:NAME of a profile.

Exit status: 0 removed; 3 there was none; 6 the keyring did not remove it.`,
		Example:           `  authctl secret delete client_secret -p work`,
		Args:              one("NAME"),
		ValidArgsFunction: c.completeSecretNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSecretDelete(cmd.Context(), c, args[0])
		},
	}
}

func runSecretDelete(ctx context.Context, c *cli, name string) error {
	a, profile, err := c.secretsOf(ctx, name)
	if err != nil {
		return err
	}
	err = a.Secrets().Remove(ctx, profile, name)
	if errors.Is(err, secretstore.ErrAbsent) {
		if err := config.Known(a.Settings, profile); err != nil {
			return err
		}
		return fault.In(profile, fault.New(fault.Config, "keyring:%s is not stored", name).Hint("authctl secret list -p %s", profile))
	}
	if err != nil {
		return err
	}
	c.say("keyring:%s of %s is removed", name, profile)
	return nil
}
