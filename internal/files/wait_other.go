//go:build !unix

package files

// noWait is nothing here: pipes have no names among the files.
const noWait = 0
