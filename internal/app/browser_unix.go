//go:build unix

package app

import "syscall"

// ownSession keeps a browser that the opener becomes from the terminal's Ctrl-C.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
