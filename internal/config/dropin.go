package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/profile"
)

// Addable reports why a profile of that name cannot be added, or nil: the name
// is taken, unless replace allows to write profiles.d/NAME.yaml anew.
func Addable(s Settings, name string, replace bool) error {
	if err := profile.ValidName(name); err != nil {
		return fault.New(fault.Usage, "%w", err).Hint("take another name, such as work or Prod.EU")
	}
	if s.DropInFolder() == "" {
		return noFile(s)
	}
	if _, err := os.Lstat(s.dropInPath(name)); err == nil {
		if replace {
			return nil
		}
		return taken(name, s.dropInPath(name))
	}
	names, err := Names(s)
	if err != nil {
		return err
	}
	if slices.Contains(names, name) {
		return taken(name, s.File)
	}
	return nil
}

func taken(name, file string) error {
	return fault.New(fault.Config, "there is a profile %q already, in %s", name, file).
		Hint("take another name; profile import --replace replaces one in profiles.d")
}

// Add writes profiles.d/NAME.yaml, readable by its owner alone, and returns
// its path. body must be a whole and valid profile.
func Add(s Settings, name string, body []byte, replace bool) (string, error) {
	if err := Addable(s, name, replace); err != nil {
		return "", err
	}
	path := s.dropInPath(name)
	if _, err := ParseProfile(name, path, body); err != nil {
		return "", err
	}
	if replace {
		return path, WriteOwn(path, body)
	}
	return path, explainWrite(path, writeOwn(path, body, nameAnew))
}

// WriteOwn writes a file that only its owner can read, whole or not at all,
// and the folders above it where they are missing.
func WriteOwn(path string, data []byte) error {
	return explainWrite(path, writeOwn(path, data, os.Rename))
}

func explainWrite(path string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	if err != nil {
		return fault.New(fault.Config, "writing %s: %w", path, err)
	}
	return nil
}

// writeOwn gives the finished file its name by os.Rename, or by
// nameAnew, which does not replace a file that came to be in between.
func writeOwn(path string, data []byte, name func(from, to string) error) error {
	folder := filepath.Dir(path)
	if err := files.MakeFolder(folder); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return name(f.Name(), path)
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
