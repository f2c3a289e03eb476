package curl

import (
	"slices"
	"strings"
)

// childEnviron is the environment without what curl has no use for and must
// not show in /proc: authctl's own variables, those that the profile reads
// secrets from, and SSLKEYLOGFILE, which would write down the session's keys.
// Proxy variables stay: through them https is a tunnel whose ends are curl and
// the API; for http they are switched off (argv).
func childEnviron(environ, secretNames []string) []string {
	kept := []string{}
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "AUTHCTL_") || name == "SSLKEYLOGFILE" || slices.Contains(secretNames, name) {
			continue
		}
		kept = append(kept, v)
	}
	return kept
}
