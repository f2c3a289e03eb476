package device

import (
	"context"
	"errors"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
)

const (
	// slower is what slow_down adds to the interval (RFC 8628 3.5).
	slower = 5 * time.Second
	// slowest is the longest interval that failures lead to: the person may be done meanwhile.
	slowest = time.Minute
)

// Poll asks until the person is done: try sends one token request and
// returns its fault. sleep waits or returns the context's error. Errors are
// faults; the context's own error means that it was interrupted.
func (a Authorization) Poll(ctx context.Context, sleep func(context.Context, time.Duration) error, try func(context.Context) error) error {
	interval, waited := a.Interval, time.Duration(0)
	for {
		if waited += interval; waited > a.ExpiresIn {
			return tooLate()
		}
		if err := sleep(ctx, interval); err != nil {
			return err
		}
		err := try(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		longer, again := next(err, interval)
		if !again {
			return final(err)
		}
		interval = longer
	}
}

// next says whether to ask again, and after how long (RFC 8628 3.5). A request
// that got no answer is tried at half the pace, as the RFC asks, and so is one
// that was answered with "later" or by a failing server: it has not said no.
func next(err error, interval time.Duration) (time.Duration, bool) {
	var f *fault.Error
	if !errors.As(err, &f) {
		return 0, false
	}
	switch {
	case f.Code == "authorization_pending":
		return interval, true
	case f.Code == "slow_down":
		return interval + slower, true
	case f.Code == "access_denied", f.Code == "authorization_declined", f.Code == "expired_token":
		return 0, false // whatever the status
	case endpoint.GrantedInVain(err):
		return 0, false // the device code is spent
	case f.Kind == fault.Network, failing(err):
		return max(interval, min(2*interval, slowest)), true
	default:
		return 0, false
	}
}

// failing is a 5xx, whatever its body says.
func failing(err error) bool {
	var refused *endpoint.Refusal
	return errors.As(err, &refused) && refused.Status >= 500
}

// final turns the two ends that a person can act on into their own words.
func final(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == "expired_token" {
		return tooLate()
	}
	return err
}

// Within shortens the wait for the person: limit 0 leaves it at the code's life.
func (a Authorization) Within(limit time.Duration) Authorization {
	if limit > 0 && limit < a.ExpiresIn {
		a.ExpiresIn = limit
	}
	return a
}

func tooLate() error {
	f := fault.New(fault.Login, "nobody logged in before the code expired or --timeout had passed").Hint("run the command again for a new code")
	f.Code = "expired_token"
	return f
}
