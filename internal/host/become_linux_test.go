package host_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"authctl/internal/host"
)

// become is the program that takes notice of signals and is then a shell.
func become(script string) error {
	s := host.NewSignals(os.Stderr, os.Exit)
	s.Context().Done()
	_, err := s.Become("/bin/sh", []string{"sh", "-c", script}, os.Environ())
	return err
}

// What a program became is the job of its terminal: it reads there, gets Ctrl-C,
// stops at Ctrl-Z and goes on in the foreground, and the shell sees its exit code.
func TestWhatItBecameHasTheTerminal(t *testing.T) {
	p := newTerminal(t, `set -m
"$SELF" become 'trap "echo interrupted" INT; echo running; until read -r line; do :; done; echo "got <$line>"; exit 7'
echo "status $?"; fg; echo "status $?"`)
	p.until("running")
	p.typed("\x03")
	p.until("interrupted")
	p.typed("\x1a")
	p.until("status 148") // 128 and SIGTSTP
	p.typed("a word\r")
	p.until("got <a word>")
	p.until("status 7")
}

// Without the guard this process is /bin/false from here on.
func TestASignalBeforeTheProgramIsTheEnd(t *testing.T) {
	s := host.NewSignals(nil, nil)
	done := s.Context().Done()
	raise(t, syscall.SIGTERM)
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("the signal went unnoticed")
	}
	if _, err := s.Become("/bin/false", []string{"false"}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestBecomingNothing(t *testing.T) {
	s := host.NewSignals(nil, nil)
	if _, err := s.Become("/no/such/program", []string{"x"}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
