//go:build !linux

package store

import "time"

// bootClock is the wall clock: it counts also while the machine sleeps, and who
// sets it back makes this machine wait longer.
func bootClock(now func() time.Time) func() time.Duration {
	return func() time.Duration { return time.Duration(now().UnixNano()) }
}
