package secret

import (
	"slices"
	"strings"
)

// EnvWord is a name as a part of an environment variable's name (POSIX XBD
// 8.1): upper case, and _ for every character outside A-Z and 0-9. Names that
// differ only there become one: my-app and my_app do.
func EnvWord(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z':
			return c - 'a' + 'A'
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			return c
		default:
			return '_'
		}
	}, name)
}

// VariablePrefix begins the variables that stand in for items of the keyring.
const VariablePrefix = "AUTHCTL_SECRET_"

// Withheld is an environment for a child: without the variables named hidden,
// which hold secrets, and without every one that begins with VariablePrefix, but
// for those named given.
func Withheld(environ, hidden, given []string) []string {
	kept := make([]string, 0, len(environ))
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		holds := strings.HasPrefix(name, VariablePrefix) || slices.Contains(hidden, name)
		if !holds || slices.Contains(given, name) {
			kept = append(kept, v)
		}
	}
	return kept
}
