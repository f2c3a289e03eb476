package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"

	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/store"
)

// vault seals in the token store what the platform's keyring cannot hold, or all
// secrets where there is none; it is a secretstore.Vault.
type vault struct{ app *App }

func vaultKey(profile, name string) string {
	sum := sha256.Sum256([]byte(profile + "\x00" + name))
	return "secret-" + hex.EncodeToString(sum[:])
}

// Chosen is true for store: file. That of a keyring opens with a keyring, and
// those on an engine are other people's too.
func (v vault) Chosen() bool {
	return v.app.Settings.Store == store.KindFile
}

// Where says to a person where a secret of the profile is kept, and who can read
// it there where that is said of no keyring.
func (a *App) Where(k secretstore.Kept, profileName string) (where, readers string) {
	if k.Place == secretstore.InKeyring {
		return "in the OS keyring, service " + secretstore.Service(profileName), ""
	}
	where = "sealed in the token store"
	if s, err := a.Stores(); err == nil && s.Folder() != "" {
		where += ", " + s.Folder()
	}
	if a.Settings.Store == store.KindFile {
		readers = store.NewFileKey(filepath.Clean(a.Settings.StateDir), a.Sys.Env).Readers()
	}
	return where, readers
}

// Get opens the sealed secret.
func (v vault) Get(ctx context.Context, profile, name string) (secret.Text, error) {
	s, err := v.app.Stores()
	if err != nil {
		return secret.Text{}, err
	}
	r, err := s.Get(ctx, vaultKey(profile, name))
	if errors.Is(err, store.ErrAbsent) || err == nil && r.Value.IsZero() {
		return secret.Text{}, secretstore.ErrAbsent
	}
	return r.Value, err
}

// Set seals the secret; a store that keeps nothing is an error here.
func (v vault) Set(ctx context.Context, profile, name string, value secret.Text) error {
	s, err := v.app.Stores()
	if err != nil {
		return err
	}
	if err := s.Store.Ready(ctx); err != nil {
		return err
	}
	return s.Store.Put(ctx, vaultKey(profile, name), store.Record{
		Profile: profile, Grant: store.GrantSecret, Value: value, Aux: map[string]string{"name": name},
	})
}

// Delete forgets the sealed secret.
func (v vault) Delete(ctx context.Context, profile, name string) error {
	if _, err := v.Get(ctx, profile, name); err != nil {
		return err
	}
	s, err := v.app.Stores()
	if err != nil {
		return err
	}
	return s.Delete(ctx, vaultKey(profile, name))
}
