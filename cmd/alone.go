package cmd

import (
	"strings"

	"authctl/internal/profile"
)

// advise gives hints about a profile. One that --set made stands in no file and
// has no items in the keyring: what fixes it is another --set.
func advise(profileName string, hints []string) []string {
	if profileName != profile.Alone {
		return hints
	}
	const of = " -p " + profile.Alone
	again := strings.NewReplacer(" in profile "+profile.Alone, " by --set", " of profile "+profile.Alone, " of --set", of, " with the same --preset and --set")
	out := make([]string, len(hints))
	for i, h := range hints {
		before, command, found := strings.Cut(h, "authctl secret set ")
		if _, after, ends := strings.Cut(command, of); found && ends {
			h = before + "--set FIELD=env:NAME or file:PATH" + after
		}
		out[i] = again.Replace(h)
	}
	return out
}
