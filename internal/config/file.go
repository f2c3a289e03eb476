package config

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"authctl/internal/files"
)

// maxFile bounds a profiles file (docs/network.md).
const maxFile = 4 << 20

// readTrusted reads a file that decides where secrets go: it must belong to
// this user or root, and nobody else may be able to change it. The checks are
// made on the open file, so that it cannot be swapped in between. A pipe is
// read, for as long as wait, only when the user named it (explicit): in the default
// place it could hang every command.
func readTrusted(ctx context.Context, path string, explicit bool, wait time.Duration) (string, error) {
	wanted := files.Wanted{Max: maxFile, Pipe: explicit, Wait: wait, Check: func(info fs.FileInfo) error { return trusted(path, info) }}
	b, _, err := wanted.Read(ctx, path)
	return string(b), err
}

// trustError says why a file is refused and what mends it.
type trustError struct{ text, hint string }

func (e *trustError) Error() string { return e.text }

func trusted(path string, info fs.FileInfo) error {
	if err := trustedOwner(path, info); err != nil {
		return err
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	return trustedFolder(filepath.Dir(path), folder)
}

// plainIO is an I/O error without the path, which the message has already.
func plainIO(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
