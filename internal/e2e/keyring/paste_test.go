//go:build e2e

package keyring

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"authctl/internal/sandbox"
)

// A PEM of 28 lines, pasted at the prompt of `secret set` in a shell: it is
// stored whole, nothing of it is echoed, and nothing is left for the shell to run.
func TestAPastedPEMIsStoredWhole(t *testing.T) {
	var b strings.Builder
	b.WriteString("-----BEGIN PRIVATE KEY-----\n")
	for i := range 26 {
		fmt.Fprintf(&b, "CANARY%02d%s\n", i, strings.Repeat("A", 56))
	}
	b.WriteString("-----END PRIVATE KEY-----")
	pem := b.String()
	for name, typed := range map[string]string{
		"plain":     pem + "\n",
		"bracketed": "\x1b[200~" + pem + "\n\x1b[201~\r",
		"and more":  pem + "\necho CANARY leaked\n",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{})
			d.unlocked()
			screen := d.shell(t, `"$AUTHCTL" secret set key -p salus; echo "exit $?"; read -r line; echo "the shell got <$line>"`)
			screen.until(t, "(not shown): ")
			screen.types(t, typed)
			shown := screen.until(t, "exit 0")
			screen.types(t, "own\r")
			shown += screen.until(t, "the shell got <own>")
			if strings.Contains(shown, "CANARY") || strings.Contains(shown, "PRIVATE KEY") {
				t.Errorf("it was echoed:\n%s", shown)
			}
			kept, err := d.tool("secret-tool", "lookup", "service", "authctl/salus", "username", "key")
			if err != nil || strings.TrimSuffix(kept, "\n") != pem {
				t.Errorf("%v, kept:\n%s", err, kept)
			}
		})
	}
}

// screen is a pseudo-terminal with a shell on it.
type screen struct {
	file *os.File
	seen strings.Builder
}

func (d *desk) shell(t *testing.T, script string) *screen {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	raw, err := master.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	_ = raw.Control(func(fd uintptr) {
		if n, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN); err == nil {
			err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		}
	})
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	own := d.Command(t)
	c := exec.CommandContext(t.Context(), "sh", "-c", script)
	c.Dir, c.Env = own.Dir, append(own.Env, "AUTHCTL="+own.Path)
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
	return &screen{file: master}
}

// until reads until text stands there, and gives what stood before.
func (s *screen) until(t *testing.T, text string) string {
	t.Helper()
	_ = s.file.SetReadDeadline(time.Now().Add(10 * time.Second))
	buf := make([]byte, 4096)
	for !strings.Contains(s.seen.String(), text) {
		n, err := s.file.Read(buf)
		s.seen.Write(buf[:n])
		if err != nil {
			t.Fatalf("%q never came (%v), the screen is:\n%s", text, err, s.seen.String())
		}
	}
	before, after, _ := strings.Cut(s.seen.String(), text)
	s.seen.Reset()
	s.seen.WriteString(after)
	return before
}

func (s *screen) types(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(s.file, text); err != nil {
		t.Fatal(err)
	}
}
