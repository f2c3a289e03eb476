//go:build unix

package host

import (
	"context"
	"syscall"
)

// Become makes this process the program: its exit code, signals, terminal and
// job control are then its own, and nobody is left who holds its environment.
// It returns when that failed, or a signal came before.
func (s *Signals) Become(program string, argv, environ []string) (code int, err error) {
	s.Stop() // what authctl was started to ignore (nohup) the program ignores
	if s.began.Load() {
		return 0, context.Canceled
	}
	return 0, syscall.Exec(program, argv, environ)
}
