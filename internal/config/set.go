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
