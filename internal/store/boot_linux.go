package store

import (
	"time"

	"golang.org/x/sys/unix"
)

// bootClock counts also while the machine sleeps, which Go's clock does not
// (golang/go#24595).
func bootClock(now func() time.Time) func() time.Duration {
	return func() time.Duration {
		var t unix.Timespec
		if unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
			return time.Duration(now().UnixNano())
		}
		return time.Duration(t.Nano())
	}
}
