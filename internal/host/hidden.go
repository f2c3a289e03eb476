package host

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// hidden is a value as it is typed or pasted at a prompt without echo. A line
// end completes it, unless it is a PEM block or JSON that is still open: what is
// pasted has several lines, and the rest of them would be the shell's to run.
type hidden struct {
	text    []byte
	escape  []byte // an escape sequence that has begun
	pasting bool   // between the brackets that terminals put around a paste
	last    byte
}

// keys that a raw terminal leaves to its reader.
const (
	ctrlC, ctrlD, ctrlU    = 0x03, 0x04, 0x15
	backspace, del, escape = 0x08, 0x7f, 0x1b
)

const pasteBegins, pasteEnds = "\x1b[200~", "\x1b[201~"

// take adds one byte; complete is true when it ends the value.
func (h *hidden) take(c byte) (complete bool) {
	last := h.last
	h.last = c
	switch {
	case len(h.escape) > 0:
		h.sequence(c)
	case c == escape:
		h.escape = append(h.escape, c)
	case c == '\n' && last == '\r': // one line end
	case c == '\r', c == '\n':
		if !h.pasting && !h.open() {
			return true
		}
		h.text = append(h.text, '\n')
	case h.pasting:
		h.text = append(h.text, c)
	case c == ctrlD:
		return true
	case c == backspace, c == del:
		_, size := utf8.DecodeLastRune(h.text)
		h.text = h.text[:len(h.text)-size]
	case c == ctrlU:
		h.text = h.text[:bytes.LastIndexByte(h.text, '\n')+1]
	default:
		h.text = append(h.text, c)
	}
	return false
}

// sequence follows an escape sequence to its end; other than the brackets of a
// paste it is a key without a meaning here.
func (h *hidden) sequence(c byte) {
	h.escape = append(h.escape, c)
	second := len(h.escape) == 2
	if second && (c == '[' || c == 'O') || !second && (c < '@' || c > '~') && len(h.escape) < len(pasteBegins) {
		return // it goes on (ECMA-48 5.4)
	}
	switch string(h.escape) {
	case pasteBegins:
		h.pasting = true
	case pasteEnds:
		h.pasting = false
	}
	h.escape = nil
}

// open is true while more lines belong to the value.
func (h *hidden) open() bool {
	text := strings.TrimSpace(string(h.text))
	switch {
	case strings.HasPrefix(text, "-----BEGIN"):
		return strings.Count(text, "-----BEGIN") > strings.Count(text, "-----END")
	case beginsJSON(text):
		return !json.Valid(h.text)
	default:
		return false
	}
}

// beginsJSON is true for an object of keys or a list of them; a password may begin
// with a brace, too.
func beginsJSON(text string) bool {
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return false
	}
	inside := strings.TrimLeft(text[1:], " \t\r\n")
	return inside == "" || strings.ContainsAny(inside[:1], `"{}]`)
}

// several is true for a value that may go on after its end: a certificate
// chain, a key after its certificate.
func (h *hidden) several() bool {
	return bytes.HasPrefix(bytes.TrimSpace(h.text), []byte("-----BEGIN"))
}

// value is what was entered, without the line ends that completed it and, behind
// PEM blocks, without what is none.
func (h *hidden) value() string {
	text := strings.TrimRight(string(h.text), "\n")
	end := strings.LastIndex(text, "-----END")
	if !h.several() || end < 0 {
		return text
	}
	last, behind, _ := strings.Cut(text[end:], "\n")
	if strings.Contains(behind, "-----BEGIN") {
		return text // a block that was not finished
	}
	return text[:end] + last
}
