//go:build !windows

package host

// Escapes is true: every terminal takes escape sequences, but for those that TERM
// calls dumb.
func Escapes() bool { return true }
