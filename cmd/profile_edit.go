package cmd

import (
	"bytes"
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/config"
	"authctl/internal/config/revise"
	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/host"
)

func newProfileEditCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "edit [NAME]",
		Short: "Edit a profile's file in your editor, checked before it counts",
		Long: `Open the file in which the profile stands in $VISUAL, $EDITOR or vi, as git does,
and put what you saved in its place if nothing is wrong with it. At a fault you
are asked whether to edit again; otherwise your text stays in a file of its own,
which is named, and the old one is used as before. Without NAME it is the profile
of --profile or the default one, else the profiles file.

Exit status: 0 written, or nothing was changed; 3 no such profile, or the text is
wrong; 130 interrupted.`,
		Example: `  authctl profile edit work
  EDITOR='code --wait' authctl profile edit`,
		Args:              oneAtMost("NAME"),
		ValidArgsFunction: c.completeOneProfile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProfileEdit(cmd.Context(), c, first(args))
		},
	}
}

func runProfileEdit(ctx context.Context, c *cli, name string) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	if name == "" && config.Known(a.Settings, a.Settings.Profile) == nil {
		name = a.Settings.Profile
	}
	at, err := config.PlaceOf(ctx, a.Settings, name)
	if err == nil && len(at.Text) == 0 {
		err = config.NoProfiles(a.Settings)
	}
	if err != nil {
		return err
	}
	draft, err := draftOf(at)
	if err != nil {
		return err
	}
	text, err := c.edited(ctx, a, at, name, draft)
	switch {
	case err != nil && bytes.Equal(text, at.Text): // nothing of the user's is in it
		_ = os.Remove(draft)
		return err
	case err == nil && bytes.Equal(text, at.Text):
		c.say("nothing was changed")
		_ = os.Remove(draft)
		return nil
	case err == nil:
		err = revise.Place(ctx, at, text)
	}
	if err != nil {
		if _, gone := os.Lstat(draft); gone == nil {
			c.say("your text is kept in %s", draft)
		}
		return err
	}
	_ = os.Remove(draft)
	c.say("%s is written", at.Path)
	return nil
}

// draftOf is a copy to edit: beside the file, so that its relative paths mean the
// same, for this user alone, and no profile's by its name.
func draftOf(at config.Place) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(at.Path), ".edit-*-"+filepath.Base(at.Path))
	if err != nil {
		return "", fault.New(fault.Config, "making a file to edit: %w", err)
	}
	_, err = f.Write(at.Text)
	if failed := f.Close(); err == nil {
		err = failed
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", fault.New(fault.Config, "making a file to edit: %w", err)
	}
	return f.Name(), nil
}

// edited is what the draft holds once it is right, or given up.
func (c *cli) edited(ctx context.Context, a *app.App, at config.Place, name, draft string) (text []byte, err error) {
	ask := &asker{c: c, lines: lineReader(c.sys.In)}
	for {
		failed := c.editor(context.WithoutCancel(ctx), draft)
		text, _, err = files.Wanted{Max: config.MaxFile}.Read(context.WithoutCancel(ctx), draft)
		switch {
		case err != nil:
			return nil, fault.New(fault.Config, "reading what was edited: %w", err)
		case failed == nil:
			failed = ctx.Err()
		}
		if failed != nil || bytes.Equal(text, at.Text) {
			return text, failed
		}
		if len(bytes.TrimSpace(text)) == 0 { // as git and kubectl take it
			return at.Text, fault.New(fault.Config, "what was saved is empty: %s is as it was", at.Path).Hint("authctl profile remove removes a profile")
		}
		wrong := config.CheckText(a.Settings, at.Path, name, text)
		if wrong == nil || !ask.person() {
			return text, wrong
		}
		c.printText(asFault(wrong))
		if !ask.agreed(ctx, "edit again?") {
			return text, fault.New(fault.Config, "%s is as it was", at.Path)
		}
	}
}

// editor has the terminal for itself: an interrupt there is the editor's.
func (c *cli) editor(ctx context.Context, path string) error {
	if c.sys.Lend != nil {
		defer c.sys.Lend()()
	}
	if c.sys.Edit != nil {
		return c.sys.Edit(ctx, path)
	}
	return host.Editor(ctx, c.sys.Env, c.sys.IsTerminal != nil && c.sys.IsTerminal(1), path)
}
