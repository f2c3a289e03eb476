//go:build unix

package files

import "syscall"

// noWait opens a file without waiting for whoever writes to it.
const noWait = syscall.O_NONBLOCK
