package config

import (
	"fmt"
	"slices"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/strict"
)

func inBoth(file, mainPath, name string) strict.Problem {
	return strict.Problem{File: file, Profile: name, Text: fmt.Sprintf("profile %q also stands in %s", name, mainPath), Hint: "remove one of the two"}
}

func checkDefault(d *document, set *profile.Set) strict.Problems {
	if set.Default == "" || slices.ContainsFunc(set.Profiles, func(p profile.Profile) bool { return p.Name == set.Default }) {
		return nil
	}
	names := make([]string, len(set.Profiles))
	for i, p := range set.Profiles {
		names[i] = p.Name
	}
	text := fmt.Sprintf("there is no profile %q", set.Default)
	if near := profile.Nearest(set.Default, names); near != "" {
		text += fmt.Sprintf(", did you mean %q?", near)
	}
	at := d.header.at
	at.File, at.Path, at.Text = d.path, "default_profile", text
	return strict.Problems{at}
}

func noProfile(s Settings) error {
	if names, err := Names(s); err == nil && len(names) == 0 {
		return NoProfiles(s)
	}
	return fault.New(fault.Config, "no profile was chosen").
		Hint("name one with -p NAME or AUTHCTL_PROFILE, or set default_profile in %s", s.File).
		Hint("authctl profile list shows them")
}

// NoProfiles is the error for a place without profiles, and how to make one.
func NoProfiles(s Settings) error {
	if !s.document().exists {
		return noFile(s)
	}
	return fault.New(fault.Config, "there are no profiles in %s", s.File).
		Hint("authctl profile add NAME makes a profile; --config or AUTHCTL_CONFIG names another file")
}

func noFile(s Settings) error {
	if s.File == "" {
		return fault.New(fault.Config, "no place for a profiles file is known: neither HOME nor XDG_CONFIG_HOME is set").
			Hint("name one with --config or AUTHCTL_CONFIG")
	}
	return fault.New(fault.Config, "there is no profiles file %s", s.File).
		Hint("authctl profile add NAME makes a profile; --config or AUTHCTL_CONFIG names another file")
}

// Known is the fault of a profile that is in no file; nil for one that is, sound
// or not, and where the files cannot be read.
func Known(s Settings, name string) error {
	names, err := Names(s)
	if err != nil || slices.Contains(names, name) {
		return nil //nolint:nilerr // what is wrong with the files is another question
	}
	return unknownProfile(s, name)
}

func unknownProfile(s Settings, name string) error {
	names, err := Names(s)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return NoProfiles(s)
	}
	f := fault.New(fault.Config, "there is no profile %q in %s", name, s.File)
	if near := profile.Nearest(name, names); near != "" {
		f = f.Hint("did you mean %s?", near)
	}
	return f.Hint("authctl profile list shows them")
}
