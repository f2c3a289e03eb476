// Package life removes and renames profiles with all that belongs to them: their
// secrets, what servers granted, and the text of the file they stand in.
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
	"authctl/internal/profile"
	"authctl/internal/rotation"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/session"
)

// Secrets is where the secrets of profiles are kept.
type Secrets interface {
	Find(ctx context.Context, profile, name string) (where string, err error)
	Resolve(ctx context.Context, profile string, ref secret.Ref) (secret.Text, error)
	Put(ctx context.Context, profile, name string, value secret.Text) (secretstore.Kept, error)
	Remove(ctx context.Context, profile, name string) error
}

// Deps is what a profile's belongings are kept in.
type Deps struct {
	Settings config.Settings
	Secrets  Secrets
	Sessions session.Sessions
}

// Belongings are what a profile has.
type Belongings struct {
	Name    string
	Place   config.Place
	Profile *profile.Profile // nil where it is not sound
	Secrets []string         // the names of those that are kept
	Tokens  int
	// KeyFile is the private key that profile import put beside the profile, "" for none.
	KeyFile string
	// Notes say what is not authctl's to take along.
	Notes []string
}

// Of looks for them, and changes nothing.
func (d Deps) Of(ctx context.Context, name string) (b Belongings, err error) {
	b.Name = name
	if b.Place, err = config.PlaceOf(ctx, d.Settings, name); err != nil {
		return b, err
	}
	var unsound error
	if b.Profile, unsound = config.LoadProfile(d.Settings, name); unsound != nil {
		b.Profile = nil
		b.Notes = append(b.Notes, "it cannot be read, so nobody knows which secrets it refers to: "+unsound.Error())
	}
	kept, err := d.Sessions.List(ctx, name)
	if err != nil {
		return b, err
	}
	b.Tokens = len(kept.Tokens)
	if b.Secrets, err = d.Sessions.Secrets(ctx, name); err != nil || b.Profile == nil {
		return b, err
	}
	return b, d.refs(ctx, &b)
}

// refs looks at what the profile refers to.
func (d Deps) refs(ctx context.Context, b *Belongings) error {
	ours := filepath.Join(d.Settings.DropInFolder(), b.Name+".key")
	for _, at := range b.Profile.Refs() {
		switch {
		case at.Ref.Kind == secret.File && at.Ref.Path == ours:
			b.KeyFile = ours
		case at.Ref.Kind == secret.File && !at.Ref.AnyMode && at.Ref.Path != "-":
			b.Notes = append(b.Notes, at.Path+" is the file "+at.Ref.Path+", which stays")
		case at.Ref.Kind == secret.Keyring:
			for _, seat := range seats(at.IsKey()) {
				if err := d.item(ctx, b, at.Ref.Name+seat); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// seats are the ends of the names under which a secret may be kept: a key has
// neighbours while it is replaced.
func seats(key bool) []string {
	if key {
		return []string{string(rotation.InUse), string(rotation.New), string(rotation.Old)}
	}
	return []string{""}
}

// item looks for one item of the keyring.
func (d Deps) item(ctx context.Context, b *Belongings, name string) error {
	if slices.Contains(b.Secrets, name) {
		return nil
	}
	where, err := d.Secrets.Find(ctx, b.Name, name)
	switch {
	case errors.Is(err, secretstore.ErrNoKeyring):
		b.Notes = append(b.Notes, "there is no OS keyring here: where there is one it may hold keyring:"+name+" of "+b.Name)
	case err != nil:
		return err
	case where == string(secretstore.InKeyring), where == string(secretstore.InVault):
		b.Secrets = append(b.Secrets, name)
	case where != "":
		b.Notes = append(b.Notes, "the variable "+where+" holds keyring:"+name)
	}
	return nil
}

// Remove revokes and forgets the tokens of a profile, removes its secrets, and
// then the profile: where one of these fails, the profile still names the rest.
func (d Deps) Remove(ctx context.Context, b Belongings, revoke bool) (session.Forgotten, error) {
	write, err := d.removal(ctx, b)
	if err != nil {
		return session.Forgotten{}, err
	}
	done, err := d.Sessions.Forget(ctx, b.Name, revoke)
	if err != nil {
		return done, err
	}
	for _, name := range b.Secrets {
		if err := d.Secrets.Remove(ctx, b.Name, name); err != nil && !errors.Is(err, secretstore.ErrAbsent) {
			return done, stays(b, err)
		}
	}
	for _, seat := range seats(true) {
		if b.KeyFile == "" {
			break
		}
		if err := os.Remove(b.KeyFile + seat); err != nil && !os.IsNotExist(err) {
			return done, stays(b, fault.New(fault.Config, "removing %w", err))
		}
	}
	return done, write()
}

func stays(b Belongings, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Hint("the profile stays until its secrets are gone: authctl profile remove %s again", b.Name)
	}
	return err
}

// removal is the change of the files, prepared: one that cannot be made must show
// before anything else is gone.
func (d Deps) removal(ctx context.Context, b Belongings) (func() error, error) {
	if !b.Place.DropIn {
		text, err := revise.Remove(b.Place.Path, b.Place.Text, b.Name)
		return func() error { return revise.Place(ctx, b.Place, text) }, err
	}
	forget, err := d.defaultOf(ctx, b, "")
	return func() error {
		if err := os.Remove(b.Place.Path); err != nil {
			return fault.New(fault.Config, "removing the profile: %w", err)
		}
		return forget()
	}, err
}

// defaultOf makes another profile the default, where this one in profiles.d is it.
func (d Deps) defaultOf(ctx context.Context, b Belongings, name string) (func() error, error) {
	if !b.Place.Default {
		return func() error { return nil }, nil
	}
	main, err := config.PlaceOf(ctx, d.Settings, "")
	if err != nil {
		return nil, err
	}
	text, err := revise.Default(main.Path, main.Text, name)
	return func() error { return revise.Place(ctx, main, text) }, err
}
