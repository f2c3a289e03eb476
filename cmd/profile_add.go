package cmd

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/shown"
)

// addOptions is what the flags of `profile add` say.
type addOptions struct {
	name      string
	preset    string
	noSecrets bool
}

func newProfileAddCmd(c *cli) *cobra.Command {
	var o addOptions
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a profile on a preset, asking for what the preset leaves open",
		Long: `Asks for what the preset leaves open, then for the secrets the profile refers
to, without echo, and keeps them in the OS keyring. The profile is written to
profiles.d/NAME.yaml, which only you can read; a profile that is there is never
replaced. Prints the name of the profile.

Questions go to stderr; the answers are lines of stdin, so that a script can
give them: the preset's questions first, then one line for each secret. Where
the preset has a value of its own it stands in brackets and an empty line keeps it.

Exit status: 0 written; 2 an answer is missing or wrong; 3 the name is taken;
6 the keyring did not keep a secret.`,
		Example: `  authctl profile add work --preset PRESET
  authctl token -p work`,
		Args: one("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runProfileAdd(cmd.Context(), c, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.preset, "preset", "", "`preset` to build on; asked for when it is not given")
	f.BoolVar(&o.noSecrets, "no-secrets", false, "do not ask for secrets")
	fixed(cmd, "preset", profile.PresetNames())
	return cmd
}

func runProfileAdd(ctx context.Context, c *cli, o addOptions) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	if err := config.Addable(a.Settings, o.name, false); err != nil {
		return err
	}
	ask := &asker{c: c, lines: lineReader(c.sys.In)}
	p, body, err := ask.draft(ctx, o)
	if err != nil {
		return fault.In(o.name, err)
	}
	if err := ask.secrets(ctx, a, p, o.noSecrets); err != nil {
		return fault.In(o.name, err)
	}
	path, err := config.Add(a.Settings, o.name, body, false)
	if err != nil {
		return err
	}
	c.say("profile %s is written to %s", o.name, path)
	return shown.Fprintf(c.sys.Out, "%s\n", o.name)
}

// draft asks for the preset and what it leaves open.
func (a *asker) draft(ctx context.Context, o addOptions) (*profile.Profile, []byte, error) {
	preset := o.preset
	if preset == "" {
		var err error
		if preset, err = a.line(ctx, "preset ("+strings.Join(profile.PresetNames(), ", ")+")"); err != nil {
			return nil, nil, err
		}
	}
	d, err := config.NewDraft(o.name, preset)
	if err != nil {
		return nil, nil, err
	}
	for _, q := range d.Questions() {
		if err := a.question(ctx, d, q); err != nil {
			return nil, nil, err
		}
	}
	return d.Finish()
}

// question asks until the answer is right; a script has one try.
func (a *asker) question(ctx context.Context, d *config.Draft, q config.Question) error {
	label := q.Say
	if q.Default != "" {
		label += " [" + q.Default + "]"
	} else if q.Optional {
		label += ", may be left empty"
	}
	for {
		text, err := a.line(ctx, label)
		if err != nil && !(errors.Is(err, io.EOF) && !q.Required()) {
			return err
		}
		switch {
		case text != "":
			err = d.Answer(q, text)
		case q.Required():
			err = fault.New(fault.Usage, "an answer is needed: %s", q.Say)
		default:
			return nil
		}
		if err == nil || !a.person() {
			return err
		}
		a.c.say("%s", err)
	}
}

// secrets asks for the secrets of p that are not kept yet, and keeps them.
// With later they are only named.
func (a *asker) secrets(ctx context.Context, services *app.App, p *profile.Profile, later bool) error {
	done := map[string]bool{}
	for _, r := range p.Refs() {
		if r.Ref.Kind != secret.Keyring || done[r.Ref.Name] {
			continue
		}
		done[r.Ref.Name] = true
		switch {
		case r.Path == "client.key" || r.Path == "tls.client_key": // many lines: no answer to a question
			a.c.say("note: store the key with: authctl secret set %s -p %s < FILE", r.Ref.Name, p.Name)
			continue
		case later:
			a.later(p.Name, r.Ref.Name)
			continue
		}
		if err := a.secret(ctx, services, p.Name, r.Ref); err != nil {
			return err
		}
	}
	return nil
}

func (a *asker) secret(ctx context.Context, services *app.App, profileName string, ref secret.Ref) error {
	name := ref.Name
	where, err := services.Secrets().Find(ctx, profileName, name)
	if err != nil {
		return withoutSecrets(err)
	}
	if where != "" {
		a.c.say("note: keyring:%s is there already (%s)", name, where)
		return nil
	}
	value, err := a.hidden(ctx, name+" of "+profileName+" (not shown, empty to store it later)")
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if value.IsZero() {
		a.later(profileName, name)
		return nil
	}
	if ref.Line {
		if value, err = secretstore.Line(value); err != nil {
			return fault.New(fault.Usage, "%s cannot be kept: %w", name, err)
		}
	}
	_, err = services.Secrets().Put(ctx, profileName, name, value)
	return withoutSecrets(err)
}

func (a *asker) later(profileName, name string) {
	a.c.say("note: store %s with: authctl secret set %s -p %s", name, name, profileName)
}

// withoutSecrets names the way to a profile where there is no keyring.
func withoutSecrets(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		_ = f.Hint("--no-secrets writes the profile without asking for secrets")
	}
	return err
}
