package config

import (
	"context"
	"os"

	"authctl/internal/strict"
)

// Place is the file in which a profile stands.
type Place struct {
	Path   string
	DropIn bool   // it is profiles.d/NAME.yaml
	Text   []byte // as it is now
	// Default is true where default_profile of the profiles file names the profile.
	Default bool
}

// PlaceOf finds and reads the file of a profile, sound or not; for "" the profiles
// file, whether or not it is there.
func PlaceOf(ctx context.Context, s Settings, name string) (at Place, err error) {
	d := s.document()
	at = Place{Path: s.File, Default: name != "" && d.header.Default == name}
	if name != "" {
		if err := Known(s, name); err != nil {
			return at, err
		}
		_, inMain := d.find(name)
		if _, missing := os.Lstat(s.dropInPath(name)); missing == nil {
			if inMain {
				return at, strict.Problems{inBoth(s.dropInPath(name), d.path, name)}.Fault(name)
			}
			at.Path, at.DropIn = s.dropInPath(name), true
		}
	}
	if at.Path == "" {
		return at, noFile(s)
	}
	at.Text, err = readTrusted(ctx, at.Path, false, 0)
	switch {
	case os.IsNotExist(err) && name == "":
		return at, nil
	case err != nil:
		return at, strict.Problems{unreadable(at.Path, err)}.Fault("")
	}
	return at, nil
}
