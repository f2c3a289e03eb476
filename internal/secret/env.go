package secret

import "strings"

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
