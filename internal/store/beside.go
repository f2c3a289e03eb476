package store

import (
	"context"
	"io"

	"authctl/internal/fault"
)

// Beside keeps on this machine what an engine needs, such as a token of its own,
// sealed under the store's key.
type Beside struct {
	Dir  string // authctl's state folder; "": nothing is kept
	Keys func(ctx context.Context) ([][]byte, error)
	Rand io.Reader
}

// Get is what is kept under name, nil where that is nothing or cannot be opened:
// it can be had again.
func (b Beside) Get(ctx context.Context, name string) []byte {
	if b.Dir == "" || checkKey(name) != nil || (folder{b.Dir}).check() != nil {
		return nil
	}
	sealed, err := folder{b.Dir}.read(name, MaxRecord)
	if err != nil {
		return nil
	}
	keys, err := b.Keys(ctx)
	if err != nil || len(keys) == 0 {
		return nil
	}
	_, body, err := open(keys[0], name, sealed)
	if err != nil {
		return nil
	}
	return body
}

// Put keeps body under name.
func (b Beside) Put(ctx context.Context, name string, body []byte) error {
	if b.Dir == "" {
		return nil
	}
	keys, err := b.Keys(ctx)
	if err != nil || len(keys) == 0 {
		return err
	}
	sealed, err := seal(keys[0], name, header{}, body, b.Rand)
	if err != nil {
		return fault.New(fault.Internal, "it could not be sealed: %w", err)
	}
	if err := (folder{b.Dir}).make(); err != nil {
		return err
	}
	return folder{b.Dir}.write(name, sealed)
}
