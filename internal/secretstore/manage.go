package secretstore

import (
	"context"
	"errors"
	"fmt"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Place says where Store put a secret.
type Place string

// The two homes of keyring:NAME.
const (
	InKeyring Place = "keyring" // an item of the OS keyring
	InVault   Place = "store"   // sealed in the token store
)

// Kept says where Put kept a secret, and why not in the keyring.
type Kept struct {
	Place   Place
	Because error // InVault: too large for the keyring, or the keyring cannot be used
}

// Put keeps value under keyring:name of the profile and says where. What the
// platform's keyring cannot hold is sealed in the vault under the same name, and
// everything where there is no keyring and the vault was chosen.
func (r *Resolver) Put(ctx context.Context, profile, name string, value secret.Text) (Kept, error) {
	err := r.from.Ring.Set(ctx, Service(profile), name, value)
	switch {
	case err == nil:
		return Kept{Place: InKeyring}, fault.In(profile, r.leaveVault(ctx, profile, name))
	case r.from.Vault == nil, !errors.Is(err, ErrTooLarge) && !(r.sealsAll() && unusable(err)):
		return Kept{}, fault.In(profile, notKept(profile, name, err))
	}
	if failed := r.from.Vault.Set(ctx, profile, name, value); failed != nil {
		return Kept{}, fault.In(profile, failed)
	}
	// A smaller, older value must not win over the new one.
	if errors.Is(err, ErrTooLarge) {
		if left := r.from.Ring.Delete(ctx, Service(profile), name); left != nil && !errors.Is(left, ErrAbsent) && !r.sealsAll() {
			return Kept{}, fault.In(profile, fault.New(fault.Store, "the secret keyring:%s is sealed in the token store, but an older one in the OS keyring goes before it: %w", name, left).
				Hint("authctl secret set %s -p %s again, when the keyring answers", name, profile))
		}
	}
	return Kept{InVault, err}, nil
}

// leaveVault forgets what an earlier Put sealed, after the keyring kept a newer one.
func (r *Resolver) leaveVault(ctx context.Context, profile, name string) error {
	if r.from.Vault == nil {
		return nil
	}
	err := r.from.Vault.Delete(ctx, profile, name)
	if err == nil || errors.Is(err, ErrAbsent) {
		return nil
	}
	return fault.New(fault.Store, "the secret keyring:%s is in the OS keyring, but an older one could not be removed from the token store: %w", name, err).
		Hint("authctl secret set %s -p %s again, when the token store can be written", name, profile)
}

// Remove forgets keyring:name of the profile. ErrAbsent when there was nothing.
func (r *Resolver) Remove(ctx context.Context, profile, name string) error {
	inRing := r.from.Ring.Delete(ctx, Service(profile), name)
	if errors.Is(inRing, ErrNoKeyring) && r.sealsAll() {
		inRing = ErrAbsent
	}
	left := inRing
	if errors.Is(left, ErrAbsent) {
		left = nil
	}
	inVault := ErrAbsent
	if r.from.Vault != nil && (left == nil || r.sealsAll()) {
		inVault = r.from.Vault.Delete(ctx, profile, name)
	}
	switch {
	case inVault != nil && !errors.Is(inVault, ErrAbsent):
		return fault.In(profile, inVault)
	case left != nil && inVault == nil:
		return fault.In(profile, fault.New(fault.Store, "keyring:%s is removed from the token store; the OS keyring may hold another: %w", name, left).
			Hint("authctl secret delete %s -p %s again, when the keyring answers", name, profile))
	case left != nil:
		return fault.In(profile, unchanged(name, left))
	case inVault == nil:
		return nil
	}
	return inRing
}

// Find says where keyring:name of the profile is answered from: the name of
// an environment variable, a Place, or "" when it is nowhere.
func (r *Resolver) Find(ctx context.Context, profile, name string) (string, error) {
	if v := OverrideName(profile, name); r.has(v) {
		return v, nil
	}
	_, place, err := r.stored(ctx, profile, name)
	if errors.Is(err, ErrAbsent) {
		return "", nil
	}
	if err != nil {
		return "", fault.In(profile, describe(profile, name, err))
	}
	return string(place), nil
}

// stored is what Put kept last. A chosen vault is asked first: it takes what the
// keyring could not, and then nothing can be removed from the keyring.
func (r *Resolver) stored(ctx context.Context, profile, name string) (secret.Text, Place, error) {
	first := r.sealsAll()
	if first {
		if t, err := r.from.Vault.Get(ctx, profile, name); !errors.Is(err, ErrAbsent) {
			return t, InVault, err
		}
	}
	t, err := r.from.Ring.Get(ctx, Service(profile), name)
	switch {
	case first && errors.Is(err, ErrNoKeyring):
		err = absent{fmt.Errorf("the token store has none, and %w", err)}
	case !first && errors.Is(err, ErrAbsent) && r.from.Vault != nil:
		t, err = r.from.Vault.Get(ctx, profile, name)
		return t, InVault, err
	}
	return t, InKeyring, err
}

// Ready is nil where Put could keep a secret of the profile, and what it would
// say where it could not: a person is not asked in vain.
func (r *Resolver) Ready(ctx context.Context, profile, name string) error {
	_, err := r.from.Ring.Get(ctx, Service(profile), name)
	if err == nil || errors.Is(err, ErrAbsent) || r.sealsAll() && unusable(err) {
		return nil
	}
	var f *fault.Error
	if errors.As(notKept(profile, name, err), &f) {
		f.Err = fmt.Errorf("no secret can be kept here: %w", err)
		return fault.In(profile, f)
	}
	return err
}

// sealsAll is true where the vault was chosen for what a keyring would hold.
func (r *Resolver) sealsAll() bool { return r.from.Vault != nil && r.from.Vault.Chosen() }

// absent is ErrAbsent of both homes, with a text of its own.
type absent struct{ error }

func (absent) Is(target error) bool { return target == ErrAbsent }

// unusable is a keyring that is not there, or that nobody unlocks here.
func unusable(err error) bool {
	return errors.Is(err, ErrNoKeyring) || errors.Is(err, ErrLocked) || errors.Is(err, ErrTimeout)
}

// notKept is unchanged, and where the secret may stand instead.
func notKept(profile, name string, err error) error {
	err = unchanged(name, err)
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	if unusable(err) {
		f = f.Hint("%s", sealInstead)
	}
	return f.Hint("set %s in the environment, or use an env: or file: reference in the profile", OverrideName(profile, name))
}

// sealInstead is the way without a keyring.
const sealInstead = "with store: file in the profiles file, or AUTHCTL_STORE=file, authctl keeps secrets and tokens sealed in files of yours"

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
