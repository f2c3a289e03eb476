package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Append opens the file at path to write at its end, and makes it for this user
// alone where there is none. A pipe or a socket is ErrKind: whoever reads there,
// or does not, would decide how long a write takes.
func Append(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && waits(info) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: ErrKind}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE|noWait, 0o600) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, err
	}
	info, err := f.Stat() // another file may stand at path by now
	if err == nil && waits(info) {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrKind}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Create opens the file at path to write it anew, as a shell's > does. A pipe
// waits for its reader until ctx ends, with its cause as the error.
func Create(ctx context.Context, path string) (*os.File, error) {
	return Beside(ctx, func() (*os.File, error) {
		return os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666) //nolint:gosec // the caller names the file
	})
}

func waits(info fs.FileInfo) bool { return info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 }
