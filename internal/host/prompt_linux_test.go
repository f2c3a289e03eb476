package host_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"authctl/internal/host"
)

// TestMain is also the program at the terminal: it becomes another, or asks twice and tells what it got.
func TestMain(m *testing.M) {
	if os.Getenv("AUTHCTL_TEST_PROMPT") == "" {
		os.Exit(m.Run())
	}
	if len(os.Args) > 2 {
		fmt.Println(become(os.Args[1], os.Args[2]))
		return
	}
	s := host.NewSignals(os.Stderr, os.Exit)
	ask(s.Context(), "first")
	ask(s.Context(), "second")
}

func ask(ctx context.Context, label string) {
	value, err := host.Prompt(ctx, label)
	fmt.Printf("%s got %q %v\n", label, value.Reveal(), err)
}

// terminal is a pseudo-terminal with the program on it.
type terminal struct {
	*os.File
	t    *testing.T
	seen bytes.Buffer
}

func newTerminal(t *testing.T, command string) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	c := exec.CommandContext(t.Context(), "sh", "-c", command)
	c.Env = append(os.Environ(), "AUTHCTL_TEST_PROMPT=1", "SELF="+os.Args[0])
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = master.Close()
	})
	// Nonblocking, so that reads have deadlines.
	if err := unix.SetNonblock(int(master.Fd()), true); err != nil {
		t.Fatal(err)
	}
	return &terminal{File: os.NewFile(uintptr(dup(t, master)), "pty"), t: t}
}

func dup(t *testing.T, f *os.File) int {
	t.Helper()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return fd
}

// until reads the screen until text stands on it, and gives what stood before.
func (p *terminal) until(text string) string {
	p.t.Helper()
	_ = p.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 4096)
	for !strings.Contains(p.seen.String(), text) {
		n, err := p.Read(buf)
		p.seen.Write(buf[:n])
		if err != nil {
			p.t.Fatalf("%q never came (%v), the screen is:\n%s", text, err, &p.seen)
		}
	}
	before, after, _ := strings.Cut(p.seen.String(), text)
	p.seen.Reset()
	p.seen.WriteString(after)
	return before
}

func (p *terminal) typed(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p, text); err != nil {
		p.t.Fatal(err)
	}
}

func TestPromptAtATerminal(t *testing.T) {
	long := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat(strings.Repeat("A", 64)+"\n", 26) + "-----END PRIVATE KEY-----"
	for name, tt := range map[string]struct{ typed, want string }{
		"a line":               {"secret\r", "secret"},
		"a line, and more":     {"secret\rtouch leaked\r", "secret"},
		"a long line":          {strings.Repeat("x", 20000) + "\r", strings.Repeat("x", 20000)},
		"28 lines of PEM":      {long + "\n", long},
		"a chain":              {long + "\n\n" + long + "\n", long + "\n\n" + long},
		"PEM, and more":        {long + "\n" + strings.Repeat("\n", 3), long},
		"PEM, and a command":   {long + "\ntouch leaked\n", long},
		"JSON":                 {"{\n \"a\": 1\n}\ntouch leaked\n", "{\n \"a\": 1\n}"},
		"bracketed, two lines": {"\x1b[200~one\ntwo\x1b[201~\r", "one\ntwo"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newTerminal(t, `"$SELF"; stty -a; echo shell; read -r line; echo "the shell got <$line>"`)
			p.until("first: ")
			p.typed(tt.typed)
			if shown := strings.Trim(p.until(fmt.Sprintf("first got %q <nil>", tt.want)), "\r\n"); shown != "\x1b[?2004l" {
				t.Errorf("it was echoed: %q", shown)
			}
			p.until("second: ")
			p.typed("next\r")
			p.until(`second got "next" <nil>`)
			p.until(" echo ") // as it was before
			p.until("shell\r\n")
			p.typed("own\r")
			p.until("the shell got <own>")
		})
	}
}

// What was typed before the question is not its answer.
func TestTypeAheadIsNoAnswer(t *testing.T) {
	p := newTerminal(t, `stty -echo; echo ready; sleep 0.3; exec "$SELF"`)
	p.until("ready")
	p.typed("early\rbird\r")
	p.until("first: ")
	p.typed("late\r")
	p.until(`first got "late" <nil>`)
}

// An interrupt gives the terminal back as it was, and leaves nothing to the shell.
func TestInterruptAtAPrompt(t *testing.T) {
	p := newTerminal(t, `trap : INT; "$SELF"; stty -a; echo shell; read -r line; echo "the shell got <$line>"`)
	p.until("first: ")
	p.typed("sec\x03ret\rtouch leaked\r")
	p.until(`first got "" context canceled`)
	p.until(" echo ")
	p.until("shell\r\n")
	p.typed("own\r")
	p.until("the shell got <own>")
}
