package config

import (
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// Fields are the paths that --set takes; over a profile without those that it may not change.
func Fields(over bool) []string {
	p := profile.Default()
	var all []string
	var walk func(list []strict.Member, above string)
	walk = func(list []strict.Member, above string) {
		for _, m := range list {
			switch path := above + m.Key; {
			case len(m.Members) > 0:
				walk(m.Members, path+".")
			case !over || !m.Fixed:
				all = append(all, path)
			}
		}
	}
	walk(profileMembers(&p), "")
	return all
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
