package secretstore

import (
	"errors"
	"strings"
	"unicode/utf8"

	"authctl/internal/keys"
	"authctl/internal/secret"
)

// Line is t as a client secret or a password: one line of text (RFC 6749 A.2).
// A byte-order mark and UTF-16 are undone, as editors write them; a second
// line, NUL and every other control character are an error, which quotes
// nothing: no server has such a secret, and what was meant was lost in copying.
func Line(t secret.Text) (secret.Text, error) {
	text := t.Reveal()
	plain, err := keys.Text([]byte(text))
	switch {
	case err == nil && utf8.ValidString(text):
		text = string(plain)
	case err == nil:
		text = stripNewline(string(plain)) // of UTF-16, whose line end nobody has seen yet
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return secret.Text{}, err
	default:
		text = withoutEnd(text) // an older encoding, such as Latin-1
	}
	switch i := strings.IndexFunc(text, isControl); {
	case text == "":
		return secret.Text{}, errors.New("it is empty")
	case i < 0:
		return secret.New(text), nil
	case strings.ContainsAny(text, "\r\n"):
		return secret.Text{}, errors.New("it has more than one line")
	case text[i] == 0:
		return secret.Text{}, errors.New("it holds a NUL character, as UTF-16 without a byte-order mark does")
	default:
		return secret.Text{}, errors.New("it holds a control character")
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// stripNewline removes the one line ending that editors and echo append, of
// text: a DER or UTF-16 key may end in that byte too.
func stripNewline(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return withoutEnd(s)
}

func withoutEnd(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

// Typed is what a person or a file gave for a secret, without that line ending.
func Typed(raw []byte) secret.Text { return secret.New(stripNewline(string(raw))) }
