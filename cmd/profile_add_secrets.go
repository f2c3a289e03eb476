package cmd

import (
	"context"
	"errors"
	"io"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
)

// answered is a secret that was typed and is not kept yet.
type answered struct {
	name  string
	value secret.Text
}

// secrets asks for the secrets of p that are not kept yet. With later they are
// only named.
func (a *asker) secrets(ctx context.Context, p *profile.Profile, later bool) (all []answered, err error) {
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
			value, err := a.secret(ctx, p.Name, r.Ref)
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
func (a *asker) secret(ctx context.Context, profileName string, ref secret.Ref) (secret.Text, error) {
	name := ref.Name
	where, err := a.app.Secrets().Find(ctx, profileName, name)
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
func (a *asker) keep(ctx context.Context, profileName string, all []answered) (lost *fault.Error, err error) {
	for _, s := range all {
		kept, failed := a.app.Secrets().Put(ctx, profileName, s.name, s.value)
		var f *fault.Error
		switch {
		case failed == nil:
			a.c.sayKept(a.app, profileName, s.name, kept)
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
