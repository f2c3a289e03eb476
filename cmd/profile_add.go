package cmd

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/config"
	"authctl/internal/config/draft"
	"authctl/internal/fault"
	"authctl/internal/profile"
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
replaced. A profiles file that --config or AUTHCTL_CONFIG names and that is not
there is made, too. Prints the name of the profile.

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
	a.Settings = a.Settings.ToAdd()
	if err := config.Addable(a.Settings, o.name, false); err != nil {
		return err
	}
	ask := &asker{c: c, app: a, lines: lineReader(c.sys.In)}
	if err := ask.canKeep(ctx, o); err != nil {
		return fault.In(o.name, err)
	}
	p, body, err := ask.draft(ctx, o)
	if err != nil {
		return fault.In(o.name, err)
	}
	answers, err := ask.secrets(ctx, p, o.noSecrets)
	if err != nil {
		return fault.In(o.name, err)
	}
	lost, err := ask.keep(ctx, o.name, answers)
	if err != nil {
		return err
	}
	path, err := config.Add(a.Settings, o.name, body, false)
	if err != nil {
		return err
	}
	c.added(a.Settings, o.name, path)
	if lost != nil {
		return lost
	}
	return shown.Fprintf(c.sys.Out, "%s\n", o.name)
}

// added says where a new profile is.
func (c *cli) added(s config.Settings, name, path string) {
	if s.MakesFile() {
		c.say("the profiles file %s is made", s.File)
	}
	c.say("profile %s is written to %s", name, path)
}

// canKeep tries the keyring, or the store that stands in for it, before a person
// answers questions: all would be for nothing.
func (a *asker) canKeep(ctx context.Context, o addOptions) error {
	if o.noSecrets {
		return nil
	}
	if o.preset != "" {
		if d, err := draft.New(o.name, o.preset); err != nil || !d.Secrets() {
			return err
		}
	}
	return withoutSecrets(a.app.Secrets().Ready(ctx, o.name, "client_secret"))
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
	d, err := draft.New(o.name, preset)
	if err != nil {
		return nil, nil, err
	}
	if err := a.questions(ctx, o.name, d, d.Questions()); err != nil {
		return nil, nil, err
	}
	return d.Finish()
}

func (a *asker) questions(ctx context.Context, profileName string, d *draft.Draft, asked []draft.Question) error {
	for _, q := range asked {
		if err := a.question(ctx, profileName, d, q); err != nil {
			return err
		}
	}
	return nil
}

// question asks until the answer is right; a script has one try.
func (a *asker) question(ctx context.Context, profileName string, d *draft.Draft, q draft.Question) error {
	label := q.Say
	if offered := cmp.Or(q.Default, q.Offer); offered != "" {
		label += " [" + offered + "]"
	} else if q.Optional {
		label += ", may be left empty"
	}
	for {
		text, err := a.line(ctx, label)
		if err != nil && !(errors.Is(err, io.EOF) && !q.Required()) {
			return err
		}
		switch text = cmp.Or(text, q.Offer); {
		case text != "":
			if text, err = a.file(ctx, profileName, q, text); err == nil {
				err = d.Answer(q, text)
			}
			if err == nil {
				return a.questions(ctx, profileName, d, q.Then)
			}
		case q.Required():
			err = fault.New(fault.Usage, "an answer is needed: %s", q.Say)
		default:
			return nil
		}
		if !a.person() {
			return err
		}
		a.c.printText(asFault(err))
	}
}
