//go:build !linux

package store

import "time"

// sinceBoot is the wall clock: it counts also while the machine sleeps, and who
// sets it back makes this machine wait longer.
func sinceBoot() time.Duration { return time.Duration(time.Now().UnixNano()) }
