package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"authctl/internal/fault"
)

const (
	// LockLimit is how long one process waits for another's request.
	LockLimit = 45 * time.Second
	lockPoll  = 10 * time.Millisecond
	turnPoll  = 200 * time.Millisecond
)

// Lock takes the lock of key, which one process at a time can hold, and
// returns what releases it. It waits for LockLimit or the context. The lock
// ends with the process, however it ends; the lock file stays, because
// removing one lets two processes lock two files of the same name.
func (s *Store) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if s.locks == "" {
		return func() {}, nil
	}
	return lockFile(ctx, s.locks, key)
}

// Turn is Lock for what a person does and no request waits for, such as a
// login: it waits as long as the context does, and calls busy once if it has to.
func (s *Store) Turn(ctx context.Context, key string, busy func()) (unlock func(), err error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if s.locks == "" {
		return func() {}, nil
	}
	l, err := newLock(s.locks, key)
	if err != nil {
		return nil, err
	}
	ok, err := l.TryLock()
	if err == nil && !ok {
		busy()
		ok, err = l.TryLockContext(ctx, turnPoll)
	}
	switch {
	case ctx.Err() != nil:
		_ = l.Close()
		return nil, ctx.Err()
	case err != nil || !ok:
		return nil, diskFault("lock the token store", errors.Join(err, notLocked(ok)))
	}
	return func() { _ = l.Unlock() }, nil
}

func newLock(dir, name string) (*flock.Flock, error) {
	if err := (folder{dir}).make(); err != nil {
		return nil, err
	}
	return flock.New(filepath.Join(dir, name+".lock"), flock.SetFlag(lockFlags), flock.SetPermissions(0o600)), nil
}

func lockFile(ctx context.Context, dir, name string) (func(), error) {
	l, err := newLock(dir, name)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, LockLimit)
	defer cancel()
	ok, err := l.TryLockContext(waiting, lockPoll)
	switch {
	case ctx.Err() != nil:
		_ = l.Close()
		return nil, fmt.Errorf("waiting for the request of another process: %w", context.Cause(ctx))
	case waiting.Err() != nil:
		return nil, fault.New(fault.Store, "another authctl has held the lock of this token for %s", LockLimit).
			Hint("see which: fuser -v %s", l.Path())
	case err != nil || !ok:
		return nil, diskFault("lock the token store", errors.Join(err, notLocked(ok)))
	}
	return func() { _ = l.Unlock() }, nil
}

func notLocked(ok bool) error {
	if ok {
		return nil
	}
	return errors.New("not locked")
}
