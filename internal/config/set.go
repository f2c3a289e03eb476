package config

import (
	"go.yaml.in/yaml/v3"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/strict"
)

// Alone is the name of a profile that --set and --preset make for one call.
const Alone = "-"

// overlay takes up what the flags say about this call's profile.
func (s *Settings) overlay(f Flags) (err error) {
	if f.Preset == "" && len(f.Set) == 0 {
		return nil
	}
	if f.Preset != "" && f.Profile != "" {
		return fault.New(fault.Usage, "--preset makes a profile for this call, and --profile names one of the file").
			Hint("leave one out; --set changes a profile for one call")
	}
	s.alone, s.preset = f.Profile == "", f.Preset
	s.over, err = strict.Changes(f.Set)
	return err
}

// noKeyring refuses items of the keyring: they belong to a profile with a name.
func noKeyring(r *strict.Reader, p *profile.Profile) {
	for _, at := range p.Refs() {
		if at.Ref.Kind == secret.Keyring {
			r.Locate(at.Path, "items of the keyring belong to a profile with a name", "--set "+at.Path+"=env:NAME or file:PATH, or authctl profile add")
		}
	}
}

// loadAlone is the profile of --preset and --set alone.
func loadAlone(s Settings) (*profile.Profile, error) {
	body := &yaml.Node{Kind: yaml.MappingNode}
	if s.preset != "" {
		body.Content = []*yaml.Node{strict.Scalar("preset"), strict.Scalar(s.preset)}
	}
	d := newDecoder()
	d.over = s.over
	p, problems := d.decode(entry{name: Alone, key: body, body: body}, "--preset")
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
