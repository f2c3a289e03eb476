//go:build unix

package curl

import (
	"os"
	"syscall"
)

// ByStdin is false where a child can inherit pipes under known numbers.
const ByStdin = false

func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }

func signalCode(s *os.ProcessState) int {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return 1
}
