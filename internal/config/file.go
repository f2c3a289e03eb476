package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds a profiles file (docs/network.md).
const maxFile = 4 << 20

// errIrregular: a FIFO or device in the default place could hang every command.
var errIrregular = errors.New("is not a regular file")

// readTrusted reads a file that decides where secrets go: it must belong to
// this user or root, and nobody else may be able to change it. The checks are
// made on the open file, so that it cannot be swapped in between. A pipe is
// read only when the user named it (explicit).
func readTrusted(path string, explicit bool) (string, error) {
	if info, err := os.Stat(path); err != nil {
		return "", err
	} else if !explicit && !info.Mode().IsRegular() {
		return "", errIrregular
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return "", errIrregular
	}
	if err := trusted(path, info); err != nil {
		return "", err
	}
	return readAll(f, info.Size())
}

// readAll reads up to the bound; size is what the file is said to hold.
func readAll(f io.Reader, size int64) (string, error) {
	var b strings.Builder
	b.Grow(int(min(max(size, 0), maxFile)))
	if _, err := io.Copy(&b, io.LimitReader(f, maxFile+1)); err != nil {
		return "", err
	}
	if b.Len() > maxFile {
		return "", fmt.Errorf("is larger than %d MiB", maxFile>>20)
	}
	return b.String(), nil
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
