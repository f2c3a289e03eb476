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
to, without echo, and keeps them in the OS keyring; where there is none, store:
file or AUTHCTL_STORE=file keeps them sealed in files of yours. That one of the
two can is tried before the first question. The profile is written to
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
	if err := ask.canKeep(ctx, a, o); err != nil {
		return fault.In(o.name, err)
	}
	p, body, err := ask.draft(ctx, o)
	if err != nil {
		return fault.In(o.name, err)
	}
	answers, err := ask.secrets(ctx, a, p, o.noSecrets)
	if err != nil {
		return fault.In(o.name, err)
	}
	lost, err := ask.keep(ctx, a, o.name, answers)
	if err != nil {
		return err
	}
	path, err := config.Add(a.Settings, o.name, body, false)
	if err != nil {
		return err
	}
	c.say("profile %s is written to %s", o.name, path)
	if lost != nil {
		return lost
	}
	return shown.Fprintf(c.sys.Out, "%s\n", o.name)
}

// canKeep tries the keyring, or the store that stands in for it, before a person
// answers questions: all would be for nothing.
func (a *asker) canKeep(ctx context.Context, services *app.App, o addOptions) error {
	if o.noSecrets {
		return nil
	}
	if o.preset != "" {
		if d, err := config.NewDraft(o.name, o.preset); err != nil || !d.Secrets() {
			return err
		}
	}
	return withoutSecrets(services.Secrets().Ready(ctx, o.name, "client_secret"))
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

// answered is a secret that was typed and is not kept yet.
type answered struct {
	name  string
	value secret.Text
}

// secrets asks for the secrets of p that are not kept yet. With later they are
// only named.
func (a *asker) secrets(ctx context.Context, services *app.App, p *profile.Profile, later bool) (all []answered, err error) {
	done := map[string]bool{}
	for _, r := range p.Refs() {
		if r.Ref.Kind != secret.Keyring || done[r.Ref.Name] {
			continue
		}
		done[r.Ref.Name] = true
		switch {
		case r.IsKey(): // many lines: no answer to a question
			a.c.say("note: store the key with: authctl secret set %s -p %s < FILE", r.Ref.Name, p.Name)
		case later:
			a.later(p.Name, r.Ref.Name)
		default:
			value, err := a.secret(ctx, services, p.Name, r.Ref)
			if err != nil {
				return nil, err
			}
			if !value.IsZero() {
				all = append(all, answered{r.Ref.Name, value})
			}
		}
	}
	return all, nil
}

// secret asks for one; nothing is one that is there, or that comes later.
func (a *asker) secret(ctx context.Context, services *app.App, profileName string, ref secret.Ref) (secret.Text, error) {
	name := ref.Name
	where, err := services.Secrets().Find(ctx, profileName, name)
	if err != nil {
		return secret.Text{}, withoutSecrets(err)
	}
	if where != "" {
		a.c.say("note: keyring:%s is there already (%s)", name, where)
		return secret.Text{}, nil
	}
	value, err := a.hidden(ctx, name+" of "+profileName+" (not shown, empty to store it later)")
	if err != nil && !errors.Is(err, io.EOF) {
		return secret.Text{}, err
	}
	if value.IsZero() {
		a.later(profileName, name)
		return secret.Text{}, nil
	}
	if ref.Line {
		if value, err = secretstore.Line(value); err != nil {
			return secret.Text{}, fault.New(fault.Usage, "%s cannot be kept: %w", name, err)
		}
	}
	return value, nil
}

// keep stores what was typed and says where. What could not be is lost; the
// profile is written all the same, because its answers need no keyring.
func (a *asker) keep(ctx context.Context, services *app.App, profileName string, all []answered) (lost *fault.Error, err error) {
	for _, s := range all {
		kept, failed := services.Secrets().Put(ctx, profileName, s.name, s.value)
		var f *fault.Error
		switch {
		case failed == nil:
			a.c.sayKept(services, profileName, s.name, kept)
		case !errors.As(failed, &f):
			return nil, failed
		case lost == nil:
			lost = f.Hint("the profile is written; then authctl secret set %s -p %s", s.name, profileName)
		default:
			lost = lost.Hint("and authctl secret set %s -p %s", s.name, profileName)
		}
	}
	return lost, nil
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
