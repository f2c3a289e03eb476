//go:build unix

package curl

import (
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
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

// manyOpen bounds the search for the user's descriptors.
const manyOpen = 1024

// userDescriptors are those from 3 on that a child inherits: authctl's own
// are all closed on exec.
func userDescriptors() []int {
	var open []int
	for n := firstExtra; n < manyOpen; n++ {
		if isOpen(n) {
			open = append(open, n)
		}
	}
	return open
}

func isOpen(n int) bool {
	flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC == 0
}

// extraFiles are curl's descriptors from 3 on: ours at their places, and the
// user's between them. Those beyond are inherited as they are. What is to be
// closed after the start is in dups.
func (p places) extraFiles(ours map[int]*os.File) (files, dups []*os.File, err error) {
	for n := range ours {
		files = append(files, make([]*os.File, max(0, n-firstExtra+1-len(files)))...)
	}
	for i := range files {
		n := firstExtra + i
		if ours[n] != nil || !slices.Contains(p.open, n) {
			files[i] = ours[n]
			continue
		}
		dup, err := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return nil, dups, err
		}
		files[i] = os.NewFile(uintptr(dup), descriptorName(n))
		dups = append(dups, files[i])
	}
	return files, dups, nil
}
