package store

import (
	"context"
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

// flocks is the locks of a folder, one file each. A lock ends with its process,
// however it ends; the file stays, because removing one lets two processes lock
// two files of the same name.
type flocks string

// lock waits for LockLimit.
func (dir flocks) lock(ctx context.Context, key string) (Lease, error) {
	unlock, err := lockFile(ctx, string(dir), key)
	return NewLease(nil, nil, unlock), err
}

func (dir flocks) turn(ctx context.Context, key string, busy func()) (unlock func(), err error) {
	l, err := newLock(string(dir), key)
	if err != nil {
		return nil, err
	}
	ok, err := l.TryLock()
	if err == nil && !ok {
		busy()
		ok, err = await(ctx, l, turnPoll)
	}
	switch {
	case ok:
		return func() { _ = l.Unlock() }, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, diskFault("lock the token store", err)
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
	ok, err := await(waiting, l, lockPoll)
	switch {
	case ok:
		return func() { _ = l.Unlock() }, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("waiting for the request of another process: %w", context.Cause(ctx))
	case waiting.Err() != nil:
		return nil, fault.New(fault.Store, "another authctl has held the lock of this token for %s", LockLimit).
			Hint("see which: fuser -v %s", l.Path())
	}
	return nil, diskFault("lock the token store", err)
}

// await takes l before ctx ends: true, or the error of the system or of ctx.
// The kernel wakes the one whose turn it is; asking every few milliseconds costs
// hundreds of processes more than their work. Where it cannot, poll is how often we ask.
func await(ctx context.Context, l *flock.Flock, poll time.Duration) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	ok, err := l.TryLock()
	if ok || err != nil {
		return ok, err
	}
	if !kernelWaits {
		return l.TryLockContext(ctx, poll)
	}
	got := make(chan error)
	go func() {
		err := l.Lock()
		select {
		case got <- err:
		case <-ctx.Done(): // nobody waits any more, so nobody would unlock
			_ = l.Unlock()
		}
	}()
	select {
	case err := <-got:
		if err == nil {
			return true, nil
		}
		return l.TryLockContext(ctx, poll) // a file system that cannot wait, or a signal
	case <-ctx.Done():
		return false, ctx.Err() // l belongs to the goroutine now
	}
}
