//go:build unix

package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"authctl/internal/secret"
	"authctl/internal/shown"
)

const (
	promptPoll = 100 * time.Millisecond // how soon an interrupt is noticed
	pasteGap   = 60 * time.Millisecond  // between the parts of one paste
)

// Prompt asks at the terminal itself, so that stdin stays free for a pipe,
// and reads one value without echo, of several lines where it is a PEM block or
// JSON. What was typed before the question, or stands behind the answer, is
// thrown away, however the prompt ends: it was meant for the prompt, and a shell
// would run it.
func Prompt(ctx context.Context, label string) (secret.Text, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return secret.Text{}, ErrNoTerminal
	}
	defer func() { _ = tty.Close() }()
	t := terminalInput{int(tty.Fd())}
	_ = ctx.Done() // asked for before the echo is off
	before, err := term.MakeRaw(t.fd)
	if err != nil {
		return secret.Text{}, ErrNoTerminal
	}
	t.flush(0)
	const bracketed, plain = "\x1b[?2004h", "\x1b[?2004l" // xterm's ctlseqs, "bracketed paste mode"
	_, _ = io.WriteString(tty, bracketed)
	_ = shown.Fprintf(os.Stderr, "%s: ", label)
	value, err := t.read(ctx)
	t.flush(pasteGap)
	_, _ = io.WriteString(tty, plain)
	_ = term.Restore(t.fd, before)
	_ = shown.Fprintf(os.Stderr, "\n")
	return value, err
}

// terminalInput is a terminal in raw mode.
type terminalInput struct{ fd int }

func (t terminalInput) read(ctx context.Context) (secret.Text, error) {
	var h hidden
	for complete := false; ; {
		wait := promptPoll
		if complete {
			wait = pasteGap
		}
		c, ok, err := t.next(wait)
		switch {
		case ctx.Err() != nil:
			return secret.Text{}, ctx.Err()
		case err != nil:
			return secret.Text{}, fmt.Errorf("reading from the terminal: %w", err)
		case !ok && complete:
			return secret.New(h.value()), nil
		case !ok:
			continue
		case c == ctrlC && !h.pasting:
			// The raw terminal leaves it to us; all others of the job hear of it too.
			_ = syscall.Kill(0, syscall.SIGINT)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second): // SIGINT may be ignored here
			}
			return secret.Text{}, context.Canceled
		}
		complete = h.take(c)
		switch {
		case complete && !h.several():
			return secret.New(h.value()), nil
		case complete:
			h.text = append(h.text, '\n')
		case len(h.text) > maxHidden:
			return secret.Text{}, tooLong()
		}
	}
}

// next is the next byte, ok when one came within wait.
func (t terminalInput) next(wait time.Duration) (c byte, ok bool, err error) {
	var set unix.FdSet
	set.Zero()
	set.Set(t.fd)
	limit := unix.NsecToTimeval(wait.Nanoseconds())
	n, err := unix.Select(t.fd+1, &set, nil, nil, &limit) // not poll, which macOS has not for terminals
	if errors.Is(err, unix.EINTR) || err == nil && n == 0 {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	var b [1]byte
	n, err = unix.Read(t.fd, b[:])
	if err == nil && n == 0 {
		err = io.ErrUnexpectedEOF // the terminal is gone
	}
	return b[0], err == nil, err
}

// flush throws away what was typed, until nothing has come for as long as gap.
func (t terminalInput) flush(gap time.Duration) {
	const most = 1 << 20
	for range most {
		if _, ok, err := t.next(gap); !ok || err != nil {
			return
		}
	}
}
