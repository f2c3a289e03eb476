//go:build amd64 || arm64

package host

import (
	"io"
	"os"
	"syscall"
)

// atEntry is what fcntl(2) said of stdout when the kernel started the program: the
// linker's -E (scripts/build.sh) makes _authctl_entry the first thing that runs. Go's
// runtime opens /dev/null in place of a closed stdout, and every write then succeeds;
// a parent that wants nothing of us opens the same, in the same way.
var atEntry int32 //nolint:gochecknoglobals // nothing of Go's is there yet to hold it

// Stdout is file, or one whose writes fail where stdout was closed.
func Stdout(file *os.File) io.Writer {
	if atEntry == -int32(syscall.EBADF) {
		return closed{file.Name()}
	}
	return file
}

// closed is a file that is not there.
type closed struct{ name string }

func (c closed) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: c.name, Err: syscall.EBADF}
}
