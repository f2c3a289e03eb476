// Package engine speaks to what users already run that can keep a record for
// many machines: it reads one with its version, and writes one if that version
// still stands. It knows nothing of what the bytes mean.
package engine

import "errors"

// Version names one state of a record. It is opaque, and never used twice for a name.
type Version string

// What every engine answers alike.
var (
	// ErrAbsent says that nothing is kept; the version beside it is good for a first write.
	ErrAbsent = errors.New("the engine keeps nothing under this name")
	// ErrMoved says that the version was not the current one: nothing was written.
	ErrMoved = errors.New("another wrote the record first")
	// ErrUnknown says that the answer to a write was lost, and could not be found out.
	ErrUnknown = errors.New("nobody knows whether the record was written")
)
