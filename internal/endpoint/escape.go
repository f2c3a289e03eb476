package endpoint

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf16"
)

// EscapeJSON is JSON text with \u escapes for what RFC 8259 7 lets stand in a
// string and what can drive a terminal: DEL, C1 controls, bidirectional and
// other format marks. The values stay the same, and so do line ends; tabs and
// carriage returns between values become blanks.
func EscapeJSON(text []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(text))
	for _, r := range string(text) {
		if r == '\t' || r == '\r' {
			b.WriteByte(' ') // no string has them unescaped: they are white space between
			continue
		}
		if r == '\n' || !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			_, _ = fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}
