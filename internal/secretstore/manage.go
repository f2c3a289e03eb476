package secretstore

import (
	"context"
	"errors"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Place says where Store put a secret.
type Place string

// The two homes of keyring:NAME.
const (
	InKeyring Place = "keyring" // an item of the OS keyring
	InVault   Place = "store"   // sealed in the token store, being too large for the keyring
)

// Put keeps value under keyring:name of the profile and says where. What the
// platform's keyring cannot hold is sealed in the vault under the same name.
func (r *Resolver) Put(ctx context.Context, profile, name string, value secret.Text) (Place, error) {
	err := r.from.Ring.Set(ctx, Service(profile), name, value)
	if errors.Is(err, ErrTooLarge) && r.from.Vault != nil {
		if err := r.from.Vault.Set(ctx, profile, name, value); err != nil {
			return "", fault.In(profile, err)
		}
		// A smaller, older value must not win over the new one.
		if err := r.from.Ring.Delete(ctx, Service(profile), name); err != nil && !errors.Is(err, ErrAbsent) {
			return "", fault.In(profile, notKept(profile, name, err))
		}
		return InVault, nil
	}
	if err != nil {
		return "", fault.In(profile, notKept(profile, name, err))
	}
	if r.from.Vault != nil {
		if err := r.from.Vault.Delete(ctx, profile, name); err != nil && !errors.Is(err, ErrAbsent) {
			return "", fault.In(profile, err)
		}
	}
	return InKeyring, nil
}

// Remove forgets keyring:name of the profile. ErrAbsent when there was nothing.
func (r *Resolver) Remove(ctx context.Context, profile, name string) error {
	err := r.from.Ring.Delete(ctx, Service(profile), name)
	if err != nil && !errors.Is(err, ErrAbsent) {
		return fault.In(profile, unchanged(name, err))
	}
	if r.from.Vault == nil {
		return err
	}
	inVault := r.from.Vault.Delete(ctx, profile, name)
	if errors.Is(inVault, ErrAbsent) {
		return err
	}
	return fault.In(profile, inVault)
}

// Find says where keyring:name of the profile is answered from: the name of
// an environment variable, a Place, or "" when it is nowhere.
func (r *Resolver) Find(ctx context.Context, profile, name string) (string, error) {
	if v := OverrideName(profile, name); r.has(v) {
		return v, nil
	}
	_, err := r.from.Ring.Get(ctx, Service(profile), name)
	if err == nil {
		return string(InKeyring), nil
	}
	if errors.Is(err, ErrAbsent) && r.from.Vault != nil {
		_, err = r.from.Vault.Get(ctx, profile, name)
		if err == nil {
			return string(InVault), nil
		}
	}
	if errors.Is(err, ErrAbsent) {
		return "", nil
	}
	return "", fault.In(profile, describe(profile, name, err))
}

// notKept is unchanged, and where the secret may stand instead.
func notKept(profile, name string, err error) error {
	err = unchanged(name, err)
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	return f.Hint("set %s in the environment, or use an env: or file: reference in the profile", OverrideName(profile, name))
}

// unchanged makes the fault for a keyring item that was not written or removed.
func unchanged(name string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	f := fault.New(fault.Store, "the secret keyring:%s could not be changed: %w", name, err)
	if errors.Is(err, ErrLocked) || errors.Is(err, ErrNotStored) {
		f = f.Hint("unlock the keyring, on a desktop in \"Passwords and Keys\", then repeat")
	}
	return f
}
