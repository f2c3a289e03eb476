package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/term"

	"authctl/internal/secret"
)

// ErrNoTerminal says that there is nobody to ask.
var ErrNoTerminal = errors.New("there is no terminal to ask at")

// hostPrompt asks at the terminal itself, so that stdin stays free for a pipe,
// and reads one line without echo.
func hostPrompt(ctx context.Context, label string) (secret.Text, error) {
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONIN$"
	}
	tty, err := os.OpenFile(name, os.O_RDWR, 0)
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
	_, _ = fmt.Fprintf(os.Stderr, "%s: ", label)
	defer func() { _, _ = fmt.Fprintln(os.Stderr) }()
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
		if a.err != nil {
			return secret.Text{}, fmt.Errorf("reading from the terminal: %w", a.err)
		}
		return secret.New(string(a.line)), nil
	case <-interrupted:
		// The reader stays blocked until the process ends; the echo must not stay off.
		_ = term.Restore(fd, before)
		return secret.Text{}, ctx.Err()
	}
}
