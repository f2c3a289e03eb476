// Package secret holds what must not be seen: Text, a string that no print
// verb, JSON encoder or log can show, and Ref, which says where a secret is
// kept without holding it.
package secret

import (
	"fmt"
	"log/slog"
)

// hidden is what every accidental print of a Text shows.
const hidden = "[secret]"

// Text is a secret. The value sits behind a pointer, so that %v, %#v and
// reflection-based dumps meet an address and never the value.
type Text struct{ p *string }

// New hides s.
func New(s string) Text { return Text{&s} }

// Reveal is the one way to the value. Call it as late as possible.
func (t Text) Reveal() string {
	if t.p == nil {
		return ""
	}
	return *t.p
}

// IsZero is true for no secret and for an empty one.
func (t Text) IsZero() bool { return t.p == nil || *t.p == "" }

// String hides the value.
func (t Text) String() string { return hidden }

// GoString hides the value from %#v.
func (t Text) GoString() string { return hidden }

// Format hides the value from every fmt verb.
func (t Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText hides the value from JSON, YAML, XML and flag printers.
func (t Text) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the value from log/slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(hidden) }

// BeyondASCII is true for a secret with characters that RFC 6749 A.2 does not have.
func BeyondASCII(t Text) bool {
	for _, c := range []byte(t.Reveal()) {
		if c < ' ' || c > '~' {
			return true
		}
	}
	return false
}
