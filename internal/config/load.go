package config

import (
	"cmp"
	"context"
	"os"
	"slices"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// LoadProfile reads one profile, "" for the chosen or default one, with its
// preset, checked. Only what belongs to that profile is decoded. Errors are
// faults of kind Config; AllProblems gives each problem apart.
func LoadProfile(s Settings, name string) (*profile.Profile, error) {
	if s.alone && (name == "" || name == profile.Alone) {
		return loadAlone(s)
	}
	d := s.document()
	name = cmp.Or(name, s.Profile, d.header.Default)
	if len(d.problems) > 0 {
		return nil, d.problems.Fault("")
	}
	if name == "" {
		return nil, noProfile(s)
	}
	if err := profile.ValidName(name); err != nil {
		return nil, fault.New(fault.Config, "there is no profile of that name: %w", err).Hint("authctl profile list shows them")
	}
	e, file, ok, err := lookup(s, d, name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, unknownProfile(s, name)
	}
	reading := newDecoder()
	if name == s.Profile {
		reading.over = s.over
	}
	p, problems := reading.decode(e, file)
	if len(problems) > 0 {
		return nil, problems.Fault(name)
	}
	return p, nil
}

// loadAlone is the profile of --preset and --set alone.
func loadAlone(s Settings) (*profile.Profile, error) {
	body := on(s.preset)
	d := newDecoder()
	d.over = s.over
	p, problems := d.decode(entry{name: profile.Alone, key: body, body: body}, "--preset")
	for i := range problems {
		problems[i].Line, problems[i].Column = 0, 0
		if problems[i].File == "--preset" && problems[i].Path != "preset" {
			problems[i].File = "--set" // a field that nobody gave
		}
	}
	if len(problems) > 0 {
		return nil, problems.Fault("")
	}
	return p, nil
}

// LoadAll reads every profile of the file and of profiles.d, and reports the
// problems of all of them at once.
func LoadAll(s Settings) (*profile.Set, error) {
	if s.alone {
		p, err := loadAlone(s)
		if err != nil {
			return nil, err
		}
		return &profile.Set{Profiles: []profile.Profile{*p}}, nil
	}
	d := s.document()
	problems := slices.Clone(d.problems)
	presets := newDecoder()
	set := &profile.Set{Default: d.header.Default, Store: d.header.Store}
	add := func(e entry, file string) {
		p, wrong := presets.decode(e, file)
		problems = append(problems, wrong...)
		set.Profiles = append(set.Profiles, *p)
	}
	for _, e := range d.profiles {
		add(e, d.path)
	}
	names, err := s.dropIns()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		e, file, wrong := s.dropIn(name)
		if slices.Contains(d.names(), name) {
			wrong = append(wrong, inBoth(file, d.path, name))
		}
		problems = append(problems, wrong...)
		if len(wrong) == 0 {
			add(e, file)
		}
	}
	problems = append(problems, checkDefault(d, set)...)
	if len(problems) > 0 {
		return nil, problems.Fault("")
	}
	if !d.exists && len(set.Profiles) == 0 {
		return nil, noFile(s)
	}
	return set, nil
}

// CheckText is what is wrong with text as the contents of the file at path, which
// is that of all profiles or the one of name in profiles.d; nil for nothing.
func CheckText(s Settings, path, name string, text []byte) error {
	if path == s.dropInPath(name) {
		_, err := ParseProfile(name, path, text)
		return err
	}
	s.alone, s.main = false, parseDocument(path, text)
	_, err := LoadAll(s)
	others := strict.AllProblems(err)
	return slices.DeleteFunc(others, func(p strict.Problem) bool { return p.File != path }).Fault("")
}

// lookup finds one profile in profiles.d or the main file.
func lookup(s Settings, d *document, name string) (e entry, file string, ok bool, err error) {
	e, ok = d.find(name)
	dropIn := s.dropInPath(name)
	if dropIn == "" {
		return e, d.path, ok, nil
	}
	if _, statErr := os.Lstat(dropIn); statErr != nil {
		return e, d.path, ok, nil
	}
	if ok {
		return e, "", false, strict.Problems{inBoth(dropIn, d.path, name)}.Fault(name)
	}
	e, file, wrong := s.dropIn(name)
	if len(wrong) > 0 {
		return e, file, false, wrong.Fault(name)
	}
	return e, file, true, nil
}

func (s Settings) dropIn(name string) (entry, string, strict.Problems) {
	file := s.dropInPath(name)
	text, err := readTrusted(context.Background(), file, false, 0) // a regular file: nothing to wait for
	if err != nil {
		return entry{}, file, strict.Problems{unreadable(file, err)}
	}
	e, wrong := bodyOf(name, file, text)
	return e, file, wrong
}
