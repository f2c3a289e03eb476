//go:build unix

package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// residentSet is the largest resident set of an ended process.
func residentSet(p *os.ProcessState) string {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return "not known on this platform"
	}
	unit := 1024.0 // getrusage(2): KiB, but bytes on macOS
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return fmt.Sprintf("%.1f MB", float64(usage.Maxrss)*unit/1e6)
}
