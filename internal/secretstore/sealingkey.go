package secretstore

import (
	"context"
	"encoding/base64"
	"errors"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// The item that opens every record of the token store.
const (
	sealingService = "authctl"
	sealingAccount = "store-key"
	sealingSize    = 32 // bytes: the store seals with AES-256
)

// SealingKey is the key of the token store as one item of the keyring.
type SealingKey struct{ Ring *Ring }

// Load returns the key's bytes, or ErrAbsent when there has never been one. An
// unreadable keyring is fault.Store and must not be answered with a new key.
func (k SealingKey) Load(ctx context.Context) ([]byte, error) {
	t, err := k.Ring.Get(ctx, sealingService, sealingAccount)
	if errors.Is(err, ErrAbsent) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, sealingFault("read", err)
	}
	b, err := base64.StdEncoding.DecodeString(t.Reveal())
	if err != nil || len(b) != sealingSize {
		return nil, fault.New(fault.Store, "the keyring item %s/%s is not a sealing key", sealingService, sealingAccount).
			Hint("delete it with: secret-tool clear service %s username %s; what is kept becomes unreadable", sealingService, sealingAccount)
	}
	return b, nil
}

// Save stores the key; the ring reads it back.
func (k SealingKey) Save(ctx context.Context, key []byte) error {
	err := k.Ring.Set(ctx, sealingService, sealingAccount, secret.New(base64.StdEncoding.EncodeToString(key)))
	if err != nil {
		return sealingFault("stored", err)
	}
	return nil
}

// IsAbsent reports whether err means that the key was never made.
func (k SealingKey) IsAbsent(err error) bool { return errors.Is(err, ErrAbsent) }

// SealingFault is what a keyring that cannot be used (err) means for the token store.
func SealingFault(err error) error { return sealingFault("read", err) }

func sealingFault(done string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	f := fault.New(fault.Store, "the key of the token store could not be %s: %w", done, err)
	if errors.Is(err, ErrLocked) {
		f = f.Hint("unlock it, on a desktop in \"Passwords and Keys\" or with: secret-tool search --unlock service %s", sealingService)
	}
	return f.Hint("tokens need no keyring with AUTHCTL_STORE=file, which keeps them in files, or AUTHCTL_STORE=none, which keeps none")
}
