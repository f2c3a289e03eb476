package secretstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"
)

// What can be wrong with the keyring; test with errors.Is.
var (
	ErrAbsent    = errors.New("no such item in the keyring")
	ErrNoKeyring = errors.New("there is no OS keyring to talk to")
	ErrLocked    = errors.New("the OS keyring is locked")
	ErrTimeout   = errors.New("the OS keyring does not answer")
	ErrTooLarge  = errors.New("too large for an item of the OS keyring")
	ErrNotStored = errors.New("the OS keyring reported success but did not change the item")
)

// diagnosis is how long a look at a failed keyring may take, so that the whole ends within 3.5 s.
const diagnosis = 300 * time.Millisecond

func isAbsent(err error) bool {
	return errors.Is(err, keyring.ErrNotFound) || errors.Is(err, ErrAbsent)
}

// explain turns a library error into one of this package, keeping its text.
// The library's errors never hold the value.
func (r *Ring) explain(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case isAbsent(err):
		return ErrAbsent
	case errors.Is(err, ErrNotStored):
		return err
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return ErrTooLarge
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return ErrNoKeyring
	}
	if known := r.look(ctx, err); known != nil {
		return fmt.Errorf("%w (%w)", known, err)
	}
	return fmt.Errorf("the OS keyring answered: %w", err)
}

// timedOut tells a keyring that waits for a person to unlock it from one that hangs.
func (r *Ring) timedOut(ctx context.Context, waited time.Duration) error {
	if known := r.look(ctx, nil); known != nil {
		return fmt.Errorf("%w (nobody unlocked it within %s)", known, waited)
	}
	return fmt.Errorf("%w (waited %s)", ErrTimeout, waited)
}

func (r *Ring) look(ctx context.Context, failure error) error {
	if r.platform.diagnose == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, diagnosis)
	defer cancel()
	return r.platform.diagnose(ctx, failure)
}
