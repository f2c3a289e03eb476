// Package app is the composition root: it turns a System, all that is impure,
// into the services that the commands use.
package app

import (
	"context"
	"io"
	"net/http"
	"time"

	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/shown"
)

// Browser opens a URL where a person sees it.
type Browser interface {
	Open(ctx context.Context, url string) error
}

// Keyring is the OS keyring; nil in a System is that of this machine.
type Keyring = secretstore.Keyring

// System is everything a test replaces. No other package reads the clock, the
// environment, the standard streams or the network by itself.
type System struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) (string, bool)
	Now      func() time.Time
	Rand     io.Reader
	HTTP     http.RoundTripper // nil: a real transport with the limits of docs/network.md
	Browser  Browser
	Keyring  Keyring
	// IsTerminal reports whether stdin, stdout or stderr (0, 1, 2) is a terminal.
	IsTerminal func(fd int) bool
	// Columns is how wide the terminal on stdout or stderr is, 0 when nobody knows; nil: unknown.
	Columns func(fd int) int
	// Escapes is false where a console takes no escape sequence; nil: they all do.
	Escapes func() bool
	// Prompt asks a person for a secret without echo; nil when nobody can be
	// asked. Its error is ErrNoTerminal when there is no terminal.
	Prompt func(ctx context.Context, label string) (secret.Text, error)
	// Edit opens a file in the user's editor; nil: host.Editor.
	Edit func(ctx context.Context, path string) error
	// Spending and Lend are those of Signals; nil where no signals are watched.
	Spending func(what string) (done func())
	Lend     func() (back func())
	// Become is that of Signals, Environ the environment it is asked with.
	Become  func(program string, argv, environ []string) (code int, err error)
	Environ func() []string
}

// Terminal reports whether stdin, stdout or stderr (0, 1, 2) is one.
func (s System) Terminal(fd int) bool { return s.IsTerminal != nil && s.IsTerminal(fd) }

// Screen is how stdout (1) or stderr (2) shows text, each judged by itself.
func (s System) Screen(fd int) shown.Screen {
	columns := 0
	if s.Terminal(fd) && s.Columns != nil {
		columns = s.Columns(fd)
	}
	screen := shown.NewScreen(s.Terminal(fd), columns, s.Env)
	screen.Colour = screen.Colour && (s.Escapes == nil || s.Escapes())
	return screen
}
