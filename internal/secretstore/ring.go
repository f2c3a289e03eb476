// Package secretstore finds the secrets that a profile refers to: in the OS
// keyring, the environment, a file or the output of a command. It is the only
// importer of go-keyring, and it holds that library's edges: calls that never
// return, writes that report success and store nothing, a D-Bus daemon
// started behind the user's back.
package secretstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"authctl/internal/secret"
)

// CallLimit is how long one keyring operation may take before authctl gives up,
// and PersonLimit how long where it waits for a person who unlocks the keyring.
const (
	CallLimit   = 3 * time.Second
	PersonLimit = time.Minute
)

// Keyring is the OS keyring as go-keyring offers it. An absent item is
// keyring.ErrNotFound of that library, or ErrAbsent.
type Keyring interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
}

// Ring is a Keyring whose calls end, whose writes are read back, and whose
// errors say what is wrong. Make it with NewRing; it is safe for concurrent use.
type Ring struct {
	keyring  Keyring
	platform platform
	limit    time.Duration
	person   time.Duration
	asked    func(line string) // tells who sits there what is waited for; nil: nobody does

	mu     sync.Mutex
	broken error // a time-out ends the ring: 3 s once, never 3 s for each call
}

// platform is what differs between operating systems and is absent for a keyring given by a test.
type platform struct {
	reachable func() error // nil error: calling the keyring starts nothing
	// diagnose looks at a failure (nil: a time-out): ErrLocked, ErrNoKeyring, or nil for "cannot tell".
	diagnose func(ctx context.Context, failure error) error
	maxItem  int // largest value in bytes; 0: no limit worth knowing
	// dialogs: a call that does not return may wait for a dialog that diagnose cannot see.
	dialogs bool
}

// NewRing wraps k; nil is the keyring of this machine. env is the process
// environment, used only to see whether there is a bus to talk to.
func NewRing(k Keyring, env func(string) (string, bool)) *Ring {
	if k != nil {
		return &Ring{keyring: k, limit: CallLimit, person: PersonLimit}
	}
	return &Ring{keyring: &osKeyring{}, platform: thisPlatform(env), limit: CallLimit, person: PersonLimit}
}

// Before lets a person who sees this desktop's dialogs unlock the keyring: a call
// that waits for that has PersonLimit, and asked says so.
func (r *Ring) Before(asked func(line string)) *Ring {
	r.asked = asked
	return r
}

// osKeyring is go-keyring's package level behind the interface.
type osKeyring struct{ met sync.Once }

func (k *osKeyring) Set(service, user, value string) error {
	k.met.Do(introduce)
	return keyring.Set(service, user, value)
}

func (k *osKeyring) Delete(service, user string) error {
	k.met.Do(introduce)
	return keyring.Delete(service, user)
}

// Get returns the item, or ErrAbsent, ErrNoKeyring, ErrLocked or ErrTimeout (errors.Is).
func (r *Ring) Get(ctx context.Context, service, account string) (secret.Text, error) {
	v, err := r.call(ctx, func() (string, error) { return r.keyring.Get(service, account) })
	if err != nil {
		return secret.Text{}, err
	}
	return secret.New(v), nil
}

// Set stores value and reads it back, because a dismissed unlock prompt has
// been seen to report success. Besides Get's errors: ErrTooLarge, ErrNotStored.
func (r *Ring) Set(ctx context.Context, service, account string, value secret.Text) error {
	v := value.Reveal()
	if r.platform.maxItem > 0 && len(v) > r.platform.maxItem {
		return ErrTooLarge
	}
	back, err := r.call(ctx, func() (string, error) {
		if err := r.keyring.Set(service, account, v); err != nil {
			return "", err
		}
		return r.keyring.Get(service, account)
	})
	switch {
	case errors.Is(err, ErrAbsent):
		return ErrNotStored
	case err != nil:
		return err
	case back != v:
		return ErrNotStored
	}
	return nil
}

// Delete removes the item and looks that it is gone; deleting what is absent is ErrAbsent.
func (r *Ring) Delete(ctx context.Context, service, account string) error {
	_, err := r.call(ctx, func() (string, error) {
		if err := r.keyring.Delete(service, account); err != nil {
			return "", err
		}
		_, err := r.keyring.Get(service, account)
		if isAbsent(err) {
			return "", nil
		}
		if err == nil {
			return "", ErrNotStored
		}
		return "", err
	})
	return err
}

// call runs f beside the caller, who waits no longer than the limit: the
// library has no context, and has been seen to hang for 40 s on a stopped
// daemon. An abandoned call ends with the process.
func (r *Ring) call(ctx context.Context, f func() (string, error)) (string, error) {
	if err := r.usable(); err != nil {
		return "", err
	}
	type outcome struct {
		value string
		err   error
	}
	done, waited := make(chan outcome, 1), time.Duration(0)
	go func() {
		v, err := f()
		done <- outcome{v, err}
	}()
	for _, wait := range []time.Duration{r.limit, r.person - r.limit} {
		limit := time.NewTimer(wait)
		defer limit.Stop()
		select {
		case o := <-done:
			return o.value, r.explain(ctx, o.err)
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for the OS keyring: %w", context.Cause(ctx))
		case <-limit.C:
		}
		waited += wait
		if !r.dialogOpen(ctx) {
			break
		}
		if waited == r.limit {
			r.asked("the OS keyring waits to be unlocked: its dialog may be behind another window")
		}
	}
	err := r.timedOut(ctx, waited)
	r.mu.Lock()
	r.broken = err
	r.mu.Unlock()
	return "", err
}

// dialogOpen is true where a person may be looking at the keyring's dialog.
func (r *Ring) dialogOpen(ctx context.Context) bool {
	if r.asked == nil {
		return false
	}
	known := r.look(ctx, nil)
	return errors.Is(known, ErrLocked) || known == nil && r.platform.dialogs
}

// Reachable is ErrNoKeyring when it is known, without calling anything, that
// there is no keyring to talk to; nil otherwise.
func (r *Ring) Reachable() error {
	if r.platform.reachable == nil {
		return nil
	}
	return r.platform.reachable()
}

func (r *Ring) usable() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken != nil {
		return r.broken
	}
	r.broken = r.Reachable()
	return r.broken
}
