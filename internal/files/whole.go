package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Own is the mode of a file that is its user's alone.
const Own fs.FileMode = 0o600

// Whole writes a file, whole or not at all, and makes the folders above it for
// this user alone where they are missing. Without replace the name must be free,
// also when the file is finished. The error has no path: the caller names it.
func Whole(path string, data []byte, mode fs.FileMode, replace bool) (err error) {
	defer func() { err = cause(err) }()
	folder := filepath.Dir(path)
	if err := MakeFolder(folder); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(data)
	if err == nil && mode != Own {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if replace {
		return os.Rename(f.Name(), path)
	}
	return nameAnew(f.Name(), path)
}

// nameAnew gives a file a name that must be free; where the file system knows
// no second names, the moment between looking and renaming has to do.
func nameAnew(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(from, to)
}

// cause is an I/O error without the path of a temporary file.
func cause(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
