//go:build unix

package host

import "syscall"

// ownSession keeps a browser that the opener becomes from the terminal's Ctrl-C.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
