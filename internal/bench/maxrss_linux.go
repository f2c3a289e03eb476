package main

import (
	"os"
	"syscall"
)

// maxRSS is the largest resident set of an ended process, in bytes.
func maxRSS(s *os.ProcessState) (int64, bool) {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, false
	}
	return usage.Maxrss * 1024, true
}
