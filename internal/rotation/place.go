package rotation

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
)

// Secrets is where keys are kept.
type Secrets interface {
	secret.Resolver
	Put(ctx context.Context, profile, name string, value secret.Text) (secretstore.Kept, error)
	Remove(ctx context.Context, profile, name string) error
	Find(ctx context.Context, profile, name string) (string, error)
}

// Seat is which key of a place is meant; its value ends the name of that key.
type Seat string

// The seats of a place.
const (
	InUse Seat = ""
	New   Seat = ".new"
	Old   Seat = ".old"
)

// place is a keyring item or a file, and its neighbours.
type place struct {
	profile string
	field   string
	ref     secret.Ref
	secrets Secrets
	expand  func(path string) string
}

// changeable says why the key cannot be replaced where it is, or nil.
func (l *place) changeable(ctx context.Context) error {
	switch {
	case l.ref.IsZero():
		return fault.New(fault.Config, "the profile has no %s", l.field).
			Hint("authctl key replaces the key of a profile that signs: client.auth private_key_jwt, or grant_assertion")
	case l.ref.Kind == secret.File && l.ref.Pointer == "" && l.ref.Path != "-":
		path := l.path(InUse)
		info, err := os.Stat(path)
		if err == nil {
			err = files.Owned(path, info)
		}
		return l.wrong(err)
	case l.ref.Kind == secret.Keyring:
		found, err := l.secrets.Find(ctx, l.profile, l.ref.Name)
		if err == nil && found == secretstore.OverrideName(l.profile, l.ref.Name) {
			err = fault.New(fault.Config, "%s is %s, which the environment variable %s stands in for", l.field, l.ref, found).Hint("unset %s", found)
		}
		return err
	}
	return fault.New(fault.Config, "%s is %s, where no key can be replaced from here", l.field, l.ref).
		Hint("authctl key new --out FILE keeps the new one in FILE; when it is registered, set %s: file:FILE", l.field).
		Hint("a key that a program or ssh-agent has is replaced there")
}

// at is the reference to the key of a seat.
func (l *place) at(s Seat) secret.Ref {
	ref := l.ref
	if ref.Kind == secret.File {
		ref.Path += string(s)
	} else {
		ref.Name += string(s)
	}
	return ref
}

func (l *place) path(s Seat) string { return l.expand(l.at(s).Path) }

// taken says whether anything is in a seat.
func (l *place) taken(ctx context.Context, s Seat) (bool, error) {
	if l.ref.Kind == secret.File {
		_, err := os.Lstat(l.path(s))
		return !errors.Is(err, fs.ErrNotExist), nil
	}
	found, err := l.secrets.Find(ctx, l.profile, l.at(s).Name)
	return found != "", err
}

// text is the key of a seat, zero where there is none.
func (l *place) text(ctx context.Context, s Seat) (secret.Text, error) {
	if there, err := l.taken(ctx, s); err != nil || !there {
		return secret.Text{}, err
	}
	return l.secrets.Resolve(ctx, l.profile, l.at(s))
}

// put writes the key of a seat, whole or not at all.
func (l *place) put(ctx context.Context, s Seat, key secret.Text) error {
	if l.ref.Kind != secret.File {
		_, err := l.secrets.Put(ctx, l.profile, l.at(s).Name, key)
		return err
	}
	info, err := os.Stat(l.path(InUse))
	if err == nil {
		err = config.Wrote(l.path(s), files.Whole(l.path(s), []byte(key.Reveal()+"\n"), files.Own, s != New)) // a new key may be registered already
	}
	if err == nil {
		err = files.Like(l.path(s), info) // whoever may read the key in use reads its successor
	}
	if s == New && errors.Is(err, fs.ErrExist) {
		return l.waits()
	}
	return l.wrong(err)
}

// waits is the fault of a new seat that is taken.
func (l *place) waits() error {
	return fault.New(fault.Config, "%s is there already, a key that waits to be used", l.at(New)).
		Hint("authctl key use -p %s takes it, authctl key forget --new -p %s throws it away", l.profile, l.profile)
}

func (l *place) wrong(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return fault.New(fault.Config, "%s: %w", l.field, err)
}

// remove forgets the key of a seat.
func (l *place) remove(ctx context.Context, s Seat) error {
	if l.ref.Kind == secret.File {
		return l.wrong(os.Remove(l.path(s)))
	}
	return l.secrets.Remove(ctx, l.profile, l.at(s).Name)
}

// promote makes next the key in use. The one that was in use is in the old seat
// before that, so that whoever ends this in the middle loses no key, and a
// repeat goes on where it was ended.
func (l *place) promote(ctx context.Context, next secret.Text) error {
	current, err := l.vacant(ctx, next) // again: a try takes its time
	if err != nil {
		return err
	}
	if current.Reveal() != next.Reveal() {
		if err := l.keepOld(ctx, current); err != nil {
			return err
		}
		if err := l.succeed(ctx, next); err != nil {
			return err
		}
	}
	if there, err := l.taken(ctx, New); err != nil || !there {
		return err
	}
	return l.remove(ctx, New)
}

// succeed is one step: a file takes the other's name, an item is written.
func (l *place) succeed(ctx context.Context, next secret.Text) error {
	if l.ref.Kind != secret.File {
		return l.put(ctx, InUse, next)
	}
	made, err := l.text(ctx, New)
	if err == nil && made.IsZero() {
		err = l.put(ctx, New, next)
	}
	if err == nil {
		err = os.Rename(l.path(New), l.path(InUse))
	}
	return l.wrong(err)
}

// keepOld puts the key in use into the old seat.
func (l *place) keepOld(ctx context.Context, current secret.Text) error {
	old, err := l.text(ctx, Old)
	if err == nil && old.IsZero() {
		err = l.put(ctx, Old, current)
	}
	return err
}

// vacant is the key in use, if next can take its place and no third key is lost by that.
func (l *place) vacant(ctx context.Context, next secret.Text) (current secret.Text, err error) {
	var made, old secret.Text
	if current, err = l.text(ctx, InUse); err == nil {
		made, err = l.text(ctx, New)
	}
	if err == nil && !made.IsZero() && made.Reveal() != next.Reveal() {
		err = l.waits()
	}
	if err == nil {
		old, err = l.text(ctx, Old)
	}
	if err == nil && !old.IsZero() && old.Reveal() != current.Reveal() && next.Reveal() != current.Reveal() {
		err = fault.New(fault.Config, "%s is still there, the key of an earlier change", l.at(Old)).
			Hint("authctl key forget -p %s, when the provider no longer has it", l.profile)
	}
	return current, err
}

// create writes a key to a file that must be new.
func (l *place) create(key secret.Text) error {
	path := l.path(InUse)
	err := files.Whole(path, []byte(key.Reveal()+"\n"), files.Own, false)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Config, "%s is there already", path).Hint("name a file that is to be made")
	}
	return config.Wrote(path, err)
}

// of is the place of a reference. A link stays one: the keys change places where
// it leads, so that forgetting the old one forgets the only one.
func (d *Deps) of(p *profile.Profile, at profile.RefAt) *place {
	l := &place{p.Name, at.Path, at.Ref, d.Secrets, d.Home}
	if info, err := os.Lstat(l.path(InUse)); at.Ref.Kind == secret.File && err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if real, err := filepath.EvalSymlinks(l.path(InUse)); err == nil {
			l.ref.Path = real
		}
	}
	return l
}

// signing is the field of the key: client.key, or that of the grant alone.
func signing(p *profile.Profile) profile.RefAt {
	if p.Client.Key.IsZero() {
		return p.GrantKey()
	}
	return profile.RefAt{Path: profile.ClientKey, Ref: p.Client.Key}
}
