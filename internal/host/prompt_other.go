//go:build !unix

package host

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/term"

	"authctl/internal/secret"
	"authctl/internal/shown"
)

// Prompt asks at the console itself, so that stdin stays free for a pipe,
// and reads one line without echo.
func Prompt(ctx context.Context, label string) (secret.Text, error) {
	tty, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return secret.Text{}, ErrNoTerminal
	}
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		_ = tty.Close()
		return secret.Text{}, ErrNoTerminal
	}
	interrupted := ctx.Done() // asked for before the echo is off
	_ = shown.Fprintf(os.Stderr, "%s: ", label)
	defer func() { _ = shown.Fprintf(os.Stderr, "\n") }()
	type answer struct {
		line []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		done <- answer{line, err}
	}()
	select {
	case a := <-done:
		_ = tty.Close()
		switch {
		case a.err != nil:
			return secret.Text{}, fmt.Errorf("reading from the terminal: %w", a.err)
		case len(a.line) > maxHidden:
			return secret.Text{}, tooLong()
		}
		return secret.New(string(a.line)), nil
	case <-interrupted:
		// The reader stays blocked until the process ends; the echo must not stay off.
		_ = term.Restore(fd, before)
		return secret.Text{}, ctx.Err()
	}
}
