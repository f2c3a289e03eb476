//go:build !unix

package host

import (
	"errors"
	"os"
	"os/exec"
)

// Become runs the program on this process's streams and gives its exit code:
// no process can become another here. Ctrl-C reaches both, and is the program's.
func (s *Signals) Become(program string, argv, environ []string) (code int, err error) {
	if s.ctx.Done(); s.ctx.Err() != nil {
		return 0, s.ctx.Err()
	}
	defer s.Lend()()
	cmd := exec.Command(program) //nolint:noctx // it ends when it likes
	cmd.Args, cmd.Env = argv, environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
