//go:build !unix

package host

import "syscall"

// ownSession is nothing here: the opener hands the address to the desktop and ends.
func ownSession() *syscall.SysProcAttr { return nil }
