package endpoint

import (
	"strings"
	"unicode"
)

// MaxText is how many characters of a server's text a person is shown.
const MaxText = 200

// Clean makes a server's text safe for a terminal: control characters, ESC
// and bidirectional marks go, white space folds to single blanks (Entra sends
// CRLF inside descriptions), and what is left is cut at MaxText characters.
func Clean(s string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	kept = strings.Join(strings.Fields(kept), " ")
	if runes := []rune(kept); len(runes) > MaxText {
		return string(runes[:MaxText-1]) + "…"
	}
	return kept
}
