package shown

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
)

// JSON is v as one line of JSON with its end, < and > as they are, and \u
// escapes for what could drive a terminal.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return EscapeJSON(b.Bytes()), err
}

// EscapeJSON is JSON text with \u escapes for what RFC 8259 7 lets stand in a
// string and what can drive a terminal: DEL, C1 controls, bidirectional and
// other format marks. The values stay the same, and so do line ends; tabs and
// carriage returns between values become blanks.
func EscapeJSON(text []byte) []byte {
	return escape(text, func(b *bytes.Buffer, r rune) {
		for _, unit := range utf16.AppendRune(nil, r) {
			_, _ = fmt.Fprintf(b, `\u%04x`, unit)
		}
	})
}

// EscapeYAML is EscapeJSON for YAML text whose scalars with such characters are
// double-quoted (YAML 1.2.2, 5.7).
func EscapeYAML(text []byte) []byte {
	return escape(text, func(b *bytes.Buffer, r rune) { _, _ = fmt.Fprintf(b, `\U%08x`, r) })
}

func escape(text []byte, one func(*bytes.Buffer, rune)) []byte {
	var b bytes.Buffer
	b.Grow(len(text))
	for _, r := range string(text) {
		switch {
		case r == '\t', r == '\r':
			b.WriteByte(' ') // no string has them unescaped: they are white space between
		case r == '\n', r == '\ufffd', !Drives(r):
			b.WriteRune(r)
		default:
			one(&b, r)
		}
	}
	return b.Bytes()
}
