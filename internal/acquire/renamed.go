package acquire

import (
	"strings"

	"authctl/internal/profile"
	"authctl/internal/store"
)

// Renamed gives the keys under which the records of from are found when the
// profile has the name of to, by those of today. A record that is in list and not
// in it is none of today's profile: of an earlier form of it, or for a call that
// asked for something else.
func Renamed(from, to *profile.Profile, list []store.Entry) map[string]string {
	keys := map[string]string{Key(from, ""): Key(to, "")}
	for _, e := range list {
		if e.Record.Grant == store.GrantAssertion {
			keys[assertionKey(from, e.Record.Subject)] = assertionKey(to, e.Record.Subject)
		} else {
			keys[Key(from, e.Record.Subject)] = Key(to, e.Record.Subject)
		}
	}
	for _, e := range list {
		at := LockOf(e.Key)
		if to, known := keys[at]; known {
			keys[e.Key] = to + strings.TrimPrefix(e.Key, at)
		}
	}
	return keys
}
