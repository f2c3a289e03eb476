package store

import (
	"context"
	"errors"
)

// locker is how one kind of store lets one process at a time ask for a record.
type locker interface {
	lock(ctx context.Context, key string) (Lease, error)
	turn(ctx context.Context, key string, busy func()) (unlock func(), err error)
}

// ErrOvertaken says that another took over: look again, and send nothing.
var ErrOvertaken = errors.New("another authctl took over while this one was held up")

// Lease is a lock that is held. The zero one guards nothing.
type Lease struct {
	hold   func(ctx context.Context) error
	late   func() bool
	unlock func()
}

// NewLease makes one; hold and late are nil where the lock lasts as long as its process.
func NewLease(hold func(ctx context.Context) error, late func() bool, unlock func()) Lease {
	return Lease{hold, late, unlock}
}

// Hold is asked right before each request that the lock guards: its error, such
// as ErrOvertaken, keeps the request here.
func (l Lease) Hold(ctx context.Context) error {
	if l.hold == nil {
		return nil
	}
	return l.hold(ctx)
}

// Late is true when the answer to what Hold let go was kept so late that another
// may have sent the same.
func (l Lease) Late() bool { return l.late != nil && l.late() }

// Unlock releases it, once.
func (l Lease) Unlock() {
	if l.unlock != nil {
		l.unlock()
	}
}

// Lock takes the lock of key, which one process at a time can hold. It waits
// for as long as the kind of store says, or the context.
func (s *Store) Lock(ctx context.Context, key string) (Lease, error) {
	if err := checkKey(key); err != nil {
		return Lease{}, err
	}
	return s.locks.lock(ctx, key)
}

// Turn is Lock for what a person does and no request waits for, such as a
// login: it waits as long as the context does, and calls busy once if it has to.
func (s *Store) Turn(ctx context.Context, key string, busy func()) (unlock func(), err error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	return s.locks.turn(ctx, key, busy)
}

// noLocks is of the kind none: nothing is shared, and so nothing needs a lock.
type noLocks struct{}

func (noLocks) lock(context.Context, string) (Lease, error) { return Lease{}, nil }

func (noLocks) turn(context.Context, string, func()) (unlock func(), err error) {
	return func() {}, nil
}
