package acquire

import (
	"context"
	"errors"
	"time"

	"authctl/internal/store"
)

// locked is the lock of what is kept under key.
type locked struct {
	store.Lease
	key string
}

// hold is asked right before each request that the lock guards.
func (l locked) hold(ctx context.Context) error {
	if err := l.Hold(ctx); err != nil {
		return &notHeld{err}
	}
	return ctx.Err() // it may have been given up meanwhile
}

// cutOff is when a refresh was cut off: one before, or this one where its answer
// was kept so late that another machine may have sent the same refresh token.
func (l locked) cutOff(before, answered time.Time) time.Time {
	if l.Late() {
		return answered
	}
	return before
}

// notHeld is why a request was not sent: the lock behind it is another's by
// now, or nobody can tell. It is no fault of the server that was to be asked.
type notHeld struct{ err error }

func (n *notHeld) Error() string { return n.err.Error() }

// Unwrap gives the store's error.
func (n *notHeld) Unwrap() error { return n.err }

// overtaken is true where nothing of ours was sent, or may be kept: what another
// keeps by now is looked at again.
func overtaken(err error) bool { return errors.Is(err, store.ErrOvertaken) }
