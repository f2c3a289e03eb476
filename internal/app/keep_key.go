package app

import (
	"context"
	"errors"
	"path/filepath"

	"authctl/internal/acquire"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/rotation"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// KeepKey keeps a profile's private key: in the keyring as client_key, or in
// an owner-only file beside the profile. It returns the reference
// to it and, for a person, where the key is.
func (a *App) KeepKey(ctx context.Context, profileName string, key secret.Text, inFile bool) (secret.Ref, string, error) {
	if inFile {
		path, err := filepath.Abs(filepath.Join(a.Settings.DropInFolder(), profileName+".key"))
		if err != nil {
			return secret.Ref{}, "", fault.New(fault.Config, "finding a place for the key: %w", err)
		}
		ref := secret.Ref{Kind: secret.File, Path: path}
		return ref, "in the file " + path, config.WriteOwn(path, []byte(key.Reveal()))
	}
	const name = "client_key"
	kept, err := a.Secrets().Put(ctx, profileName, name, key)
	if err != nil {
		var f *fault.Error
		if errors.As(err, &f) {
			_ = f.Hint("--key-in file keeps it in an owner-only file beside the profile")
		}
		return secret.Ref{}, "", err
	}
	where, readers := a.Where(kept, profileName)
	if readers != "" {
		where += " (" + readers + ")"
	}
	return secret.Ref{Kind: secret.Keyring, Name: name}, "as keyring:" + name + " " + where, nil
}

// lockKey takes the lock of an item of the keyring.
func (a *App) lockKey(ctx context.Context, profile, name string) (unlock func(), err error) {
	s, err := a.Stores()
	if err != nil {
		return nil, err
	}
	lock := s.Lock
	if s.Kind() == store.KindNone && a.Settings.StateDir != "" {
		// Where no token is kept nothing is locked; the item is kept all the same.
		disk, err := store.Open(store.Options{Kind: store.KindFile, Dir: a.Settings.StateDir})
		if err != nil {
			return nil, err
		}
		lock = disk.Lock
	}
	lease, err := lock(ctx, vaultKey(profile, name))
	return lease.Unlock, err
}

// Rotation changes the keys of profiles.
func (a *App) Rotation() *rotation.Deps {
	return &rotation.Deps{Secrets: a.Secrets(), Rand: a.Sys.Rand, Home: a.home, Lock: a.lockKey, Try: func(ctx context.Context, p *profile.Profile) error {
		once := *p
		once.Token.SingleUse = true // so that nothing is kept, and no kept token is taken
		acq, err := a.Acquirer(&once)
		if err == nil {
			_, err = acq.Token(ctx, &once, acquire.Options{})
		}
		return err
	}}
}
