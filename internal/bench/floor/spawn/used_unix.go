//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// used is what getrusage(2) says of an ended process: minor page faults, and bytes at most resident.
type used struct{ faults, peak int64 }

func usedBy(p *os.ProcessState) used {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return used{}
	}
	unit := int64(1024) // but bytes on macOS
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return used{int64(usage.Minflt), int64(usage.Maxrss) * unit} //nolint:unconvert // int32 on some platforms
}
