package config

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/profile"
)

// ToAdd are the settings of a command that makes a profile: a profiles file that
// the user named need not be there, and Add makes it. Any other command takes
// the name of a file that is not there for a mistyped one.
func (s Settings) ToAdd() Settings {
	if _, err := os.Lstat(s.File); s.explicit && errors.Is(err, fs.ErrNotExist) {
		s.main = &document{path: s.File}
	}
	return s
}

// MakesFile is true of ToAdd's settings where Add makes the profiles file.
func (s Settings) MakesFile() bool {
	d := s.document()
	return s.explicit && !d.exists && len(d.problems) == 0
}

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
// its path; without the profiles file that it stands beside it would be found by
// nobody. body must be a whole and valid profile.
func Add(s Settings, name string, body []byte, replace bool) (string, error) {
	if err := Addable(s, name, replace); err != nil {
		return "", err
	}
	path := s.dropInPath(name)
	if _, err := ParseProfile(name, path, body); err != nil {
		return "", err
	}
	if s.MakesFile() {
		err := files.Whole(s.File, []byte("version: 1\n"), files.Own, false)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", Wrote(s.File, err)
		}
	}
	return path, Wrote(path, files.Whole(path, body, files.Own, replace))
}

// WriteOwn writes a file that only its owner can read, whole or not at all,
// and the folders above it where they are missing.
func WriteOwn(path string, data []byte) error {
	return Wrote(path, files.Whole(path, data, files.Own, true))
}

// Wrote is the fault of a file that could not be written.
func Wrote(path string, err error) error {
	if err != nil {
		return fault.New(fault.Config, "writing %s: %w", path, err)
	}
	return nil
}
