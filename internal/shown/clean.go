package shown

import (
	"strings"
	"unicode"
)

const (
	// Max is how many characters of one value a person is shown.
	Max = 200
	// maxLine is that of a sentence which others' texts are a part of.
	maxLine = 2000
)

// Drives is true for a character that moves a terminal's cursor, ends a line or
// changes the direction of what stands beside it: control characters (C1 too),
// format marks, line and paragraph separators, and what was no UTF-8.
func Drives(r rune) bool {
	if r < 0x7f {
		return r < ' '
	}
	return r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Whole is s without what drives a terminal, however long; line ends and tabs
// become blanks. It is for what a person asked to see, such as a claim.
func Whole(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case Drives(r):
			return -1
		}
		return r
	}, s)
}

// Clean makes somebody else's text safe for a terminal: what drives one goes,
// white space folds to single blanks (Entra sends CRLF inside descriptions),
// and what is left is cut at Max characters.
func Clean(s string) string { return cut(folded(s)) }

// Line is a sentence that others' texts are a part of, such as an error's.
// Fprintf cuts its words at Max characters and the whole at maxLine, both in
// the middle: the end of a path or a sentence tells most.
type Line string

// String is the cleaned line.
func (l Line) String() string {
	words := strings.Split(plain(string(l)), " ")
	for i, w := range words {
		words[i] = middle(w, Max)
	}
	return middle(strings.Join(words, " "), maxLine)
}

// Said is Clean for what a server says of an error: a longer one loses its
// middle, for what is general comes first and the cause last.
func Said(s string) string { return middle(folded(s), 2*Max) }

// plain is s as it is where it is one line of text, else folded.
func plain(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return Drives(r) || unicode.IsSpace(r) && r != ' ' }) {
		return folded(s)
	}
	return s
}

func folded(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case Drives(r):
			return -1
		}
		return r
	}, s)), " ")
}

func cut(s string) string {
	if len(s) <= Max {
		return s
	}
	if runes := []rune(s); len(runes) > Max {
		return string(runes[:Max-1]) + "…"
	}
	return s
}

func middle(s string, most int) string {
	if len(s) <= most {
		return s
	}
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	half := most / 2
	return string(runes[:half]) + "…" + string(runes[len(runes)-half+1:])
}
