package store

import (
	"bytes"
	"context"
	"io"
	"sync"

	"authctl/internal/fault"
)

// sealingKey reads the key once per process, and makes it once ever.
type sealingKey struct {
	source KeySource
	rand   ByteReader
	locks  string
	kind   string

	mu     sync.Mutex
	key    []byte
	failed error // a keyring that failed once is not asked, nor a person prompted, again
}

// existing returns the key that records on disk were sealed with. That there
// is none is said as such: a new one would open nothing.
func (k *sealingKey) existing(ctx context.Context) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	err := k.read(ctx)
	if err != nil && k.source.IsAbsent(err) {
		return nil, ErrAbsent
	}
	return k.key, err
}

// ensure returns the key, making it first when there was never one. A read
// error is never answered with a new key: it would orphan every record.
func (k *sealingKey) ensure(ctx context.Context) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	err := k.read(ctx)
	if err == nil || !k.source.IsAbsent(err) {
		return k.key, err
	}
	unlock, err := lockFile(ctx, k.locks, "store-key-"+k.kind)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := k.read(ctx); err == nil || !k.source.IsAbsent(err) {
		return k.key, err
	}
	return k.create(ctx)
}

func (k *sealingKey) read(ctx context.Context) error {
	if k.key != nil || k.failed != nil {
		return k.failed
	}
	b, err := k.source.Load(ctx)
	if err != nil {
		if !k.source.IsAbsent(err) && ctx.Err() == nil {
			k.failed = err
		}
		return err
	}
	if len(b) != KeySize {
		return fault.New(fault.Store, "the key of the token store is %d bytes long and not %d", len(b), KeySize).
			Hint("restore it, or remove it: what is kept becomes unreadable and a new key is made")
	}
	k.key = b
	return nil
}

func (k *sealingKey) create(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, KeySize)
	if _, err := io.ReadFull(k.rand, fresh); err != nil {
		return nil, fault.New(fault.Internal, "no random bytes: %w", err)
	}
	if err := k.source.Save(ctx, fresh); err != nil {
		return nil, err
	}
	if err := k.read(ctx); err != nil {
		return nil, err
	}
	if !bytes.Equal(k.key, fresh) {
		k.key = nil
		return nil, fault.New(fault.Store, "the key of the token store was not kept as written")
	}
	return k.key, nil
}
