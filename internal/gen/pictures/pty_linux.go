package pictures

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// errNoTerminal is where no pseudo-terminal can be had.
var errNoTerminal = errors.New("no pseudo-terminal here")

// atTerminal runs c at a terminal of its own until it ends, or until its output
// holds last, and gives what it wrote.
func atTerminal(c *exec.Cmd, last string) (string, error) {
	master, slave, err := openTerminal()
	if err != nil {
		return "", errors.Join(errNoTerminal, err)
	}
	defer func() { _ = master.Close() }()
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err = c.Start()
	_ = slave.Close()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := master.Read(buf)
		out.Write(buf[:n])
		if err != nil || last != "" && strings.Contains(out.String(), last) { // EIO: the last process is gone
			break
		}
	}
	if last != "" {
		_ = c.Process.Kill()
	}
	_ = c.Wait() // its exit code is no matter of a picture
	return out.String(), nil
}

func openTerminal() (master, slave *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	err = errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0),
		unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: lines, Col: columns}))
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		_ = master.Close()
	}
	return master, slave, err
}
