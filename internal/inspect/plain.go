package inspect

import (
	"strings"
	"unicode"
)

// Plain makes text that came from a token or key file safe for a terminal:
// control characters, ESC and bidirectional marks go, line breaks become blanks.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}
