// Package fault is what every room returns when a user's wish could not be
// met: what kind of failure it was, what was tried, and what fixes it. Only
// cmd/exit.go turns a fault into a message and an exit code.
package fault

import (
	"errors"
	"fmt"
)

// Kind says who can fix a failure; each kind has one exit code.
type Kind int

// The kinds, in the order of Outcomes.
const (
	Internal    Kind = iota + 1 // a fault of authctl itself
	Usage                       // wrong flags or arguments
	Config                      // the profile, its file, a key file or a secret reference
	Refused                     // the server answered with an OAuth error
	Network                     // DNS, connect, TLS, time-out, an answer that is no answer
	Store                       // keyring or token store
	Invalid                     // a token is invalid, expired or could not be verified
	Login                       // a person must log in
	Interrupted                 // SIGINT, SIGTERM, SIGHUP
)

// Outcome is what an exit code says.
type Outcome struct {
	Code        int
	Name, Means string // Name in `-o json` error objects
}

// outcome is the row of a kind; one that is none is a fault of authctl too.
func (k Kind) outcome() Outcome {
	all := Outcomes()
	if k < Internal || k > Interrupted {
		k = Internal
	}
	return all[k]
}

// String is the kind's name in `-o json` error objects.
func (k Kind) String() string { return k.outcome().Name }

// ExitCode is the process exit code of the kind.
func (k Kind) ExitCode() int { return k.outcome().Code }

// Error is one failure. Err's text is a single line without secrets; Hints
// each name a field of the profile or a command that fixes it.
type Error struct {
	Kind    Kind
	Profile string // the profile in use, "" when none
	Code    string // the OAuth error code as the server sent it (RFC 6749 5.2), else ""
	Err     error
	Hints   []string
}

// New makes a fault; the format is fmt.Errorf's, %w included.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// Error is the one-line text, without profile and hints.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives errors.Is and errors.As the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint adds a line that says what to do and returns the same fault.
func (e *Error) Hint(format string, args ...any) *Error {
	e.Hints = append(e.Hints, fmt.Sprintf(format, args...))
	return e
}

// KindOf is the kind of the outermost fault in err's chain; a plain error is Internal.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// In names the profile that was in use, where the fault does not name one
// already. A plain error becomes an Internal fault.
func In(profile string, err error) error {
	if err == nil {
		return nil
	}
	var f *Error
	if !errors.As(err, &f) {
		return &Error{Kind: Internal, Profile: profile, Err: err}
	}
	if f.Profile == "" {
		f.Profile = profile
	}
	return err
}
