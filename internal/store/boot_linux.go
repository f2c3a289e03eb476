package store

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot counts also while the machine sleeps, which Go's clock does not
// (golang/go#24595).
func sinceBoot() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(t.Nano())
}
