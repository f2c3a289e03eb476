package store

import (
	"context"
	"errors"

	"authctl/internal/fault"
)

// ErrKeepsNothing is Ready's answer of the kind none.
var ErrKeepsNothing = errors.New("the store is none: nothing is kept")

func errKeepsNothing() error {
	return fault.New(fault.Store, "%w", ErrKeepsNothing).Hint("--store keyring or --store file keeps what this command obtains")
}

// nothing is the kind none: for containers and CI, where a run leaves nothing behind.
type nothing struct{}

func (nothing) load(context.Context, string) (Record, error) { return Record{}, ErrAbsent }
func (nothing) save(context.Context, string, Record) error   { return nil }
func (nothing) remove(context.Context, string) error         { return nil }
func (nothing) list(context.Context) ([]Entry, error)        { return nil, nil }
