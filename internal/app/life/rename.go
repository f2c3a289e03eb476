package life

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"authctl/internal/config"
	"authctl/internal/config/revise"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
)

// Renamed is what a new name took along.
type Renamed struct {
	Path            string
	Secrets, Tokens int
}

// Rename gives a profile another name. Its secrets are copied first, then its
// tokens, then the file changes, and last the copies under the old name go: at
// every moment one of the two names finds everything.
func (d Deps) Rename(ctx context.Context, b Belongings, to string) (done Renamed, err error) {
	if b.Profile == nil { // under which names its tokens are kept is part of what it says
		_, err := config.LoadProfile(d.Settings, b.Name)
		return done, err
	}
	if err := config.Addable(d.Settings, to, false); err != nil {
		return done, err
	}
	write, path, err := d.renaming(ctx, b, to)
	if err != nil {
		return done, err
	}
	if err := d.copySecrets(ctx, b, to); err != nil {
		return done, err
	}
	renamed := *b.Profile
	renamed.Name = to
	wrote := false
	tokens, err := d.Sessions.Move(ctx, b.Profile, &renamed, func() error {
		err := write()
		wrote = err == nil
		return err
	})
	if err != nil && !wrote {
		return done, errors.Join(err, d.drop(context.WithoutCancel(ctx), to, b.Secrets))
	}
	return Renamed{path, len(b.Secrets), tokens}, errors.Join(err, d.drop(ctx, b.Name, b.Secrets))
}

// renaming is the change of the files, prepared, and the file of the new name.
func (d Deps) renaming(ctx context.Context, b Belongings, to string) (func() error, string, error) {
	if !b.Place.DropIn {
		text, err := revise.Rename(b.Place.Path, b.Place.Text, b.Name, to)
		return func() error { return revise.Place(ctx, b.Place, text) }, b.Place.Path, err
	}
	path := filepath.Join(filepath.Dir(b.Place.Path), to+filepath.Ext(b.Place.Path))
	follow, err := d.defaultOf(ctx, b, to)
	return func() error {
		if err := os.Rename(b.Place.Path, path); err != nil {
			return fault.New(fault.Config, "renaming the profile's file: %w", err)
		}
		return follow()
	}, path, err
}

// same is true of what a rename that was ended left behind: one secret under both names.
func (d Deps) same(ctx context.Context, one, other, name string) bool {
	ref := secret.Ref{Kind: secret.Keyring, Name: name}
	a, err := d.Secrets.Resolve(ctx, one, ref)
	b, failed := d.Secrets.Resolve(ctx, other, ref)
	return err == nil && failed == nil && a.Reveal() == b.Reveal()
}

// copySecrets keeps the secrets under the new name too, or none of them. Another
// one that is there already is somebody's.
func (d Deps) copySecrets(ctx context.Context, b Belongings, to string) error {
	for _, name := range b.Secrets {
		switch where, err := d.Secrets.Find(ctx, to, name); {
		case err != nil:
			return err
		case where != "" && !d.same(ctx, b.Name, to, name):
			return fault.New(fault.Config, "keyring:%s of %s is there already (%s)", name, to, where).
				Hint("authctl secret delete %s -p %s, if it is of no more use", name, to)
		}
	}
	for i, name := range b.Secrets {
		value, err := d.Secrets.Resolve(ctx, b.Name, secret.Ref{Kind: secret.Keyring, Name: name})
		if err == nil {
			_, err = d.Secrets.Put(ctx, to, name, value)
		}
		if err != nil {
			return errors.Join(err, d.drop(context.WithoutCancel(ctx), to, slices.Clone(b.Secrets[:i])))
		}
	}
	return nil
}

// drop removes secrets of a name that is not, or no longer, a profile's.
func (d Deps) drop(ctx context.Context, of string, names []string) (err error) {
	for _, name := range names {
		failed := d.Secrets.Remove(ctx, of, name)
		if failed == nil || errors.Is(failed, secretstore.ErrAbsent) {
			continue
		}
		var f *fault.Error
		if errors.As(failed, &f) {
			failed = f.Hint("keyring:%s is still kept under the name %s, too: authctl secret delete %s -p %s", name, of, name, of)
		}
		err = errors.Join(err, failed)
	}
	return err
}
