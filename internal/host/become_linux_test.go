package host_test

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"authctl/internal/host"
)

// become is the program that takes notice of signals and is then a shell; before
// happens in between.
func become(before, script string) error {
	s := host.NewSignals(os.Stderr, os.Exit)
	done := s.Context().Done()
	if before == "signal" {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			return err
		}
		<-done
	}
	_, err := s.Become("/bin/sh", []string{"sh", "-c", script}, os.Environ())
	return err
}

// What a program became is the job of its terminal: it reads there, gets Ctrl-C,
// stops at Ctrl-Z and goes on in the foreground, and the shell sees its exit code.
func TestWhatItBecameHasTheTerminal(t *testing.T) {
	p := newTerminal(t, `set -m
"$SELF" nothing 'trap "echo interrupted" INT; echo running; until read -r line; do :; done; echo "got <$line>"; exit 7'
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

func TestASignalBeforeTheProgramIsTheEnd(t *testing.T) {
	for before, want := range map[string]string{"nothing": "it ran\n", "signal": "context canceled\n"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], before, "echo it ran")
		cmd.Env = append(os.Environ(), "AUTHCTL_TEST_PROMPT=1")
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != want {
			t.Errorf("%s: %v, %q", before, err, out)
		}
	}
}

func TestBecomingNothing(t *testing.T) {
	s := host.NewSignals(nil, nil)
	if _, err := s.Become("/no/such/program", []string{"x"}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
