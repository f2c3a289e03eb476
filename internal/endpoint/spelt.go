package endpoint

import (
	"bytes"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// spelt is a text of which each byte stands for from:to of the text that is shown.
type spelt struct {
	text     []byte
	from, to []int32
	made     []uint8 // how many escapes it was made of, within each other
}

// folded makes one of what some encodings do not tell apart: a blank and the +
// that a form has for it (HTML Living Standard, "URL-encoded form data"), a
// line end and the letter of its escape.
func folded(text []byte) []byte {
	out := bytes.Clone(text)
	for i, c := range out {
		switch c {
		case '+':
			out[i] = ' '
		case '\n':
			out[i] = 'n'
		case '\r':
			out[i] = 'r'
		case '\t':
			out[i] = 't'
		}
	}
	return out
}

// plainly is a text that stands for itself, without what Clean leaves out.
func plainly(s string) spelt {
	v := room(len(s))
	for i := range len(s) {
		v.push(s[i], int32(i), int32(i+1)) //nolint:gosec // an answer has at most MaxBody bytes
	}
	return v.stripped()
}

func room(n int) spelt {
	return spelt{make([]byte, 0, n), make([]int32, 0, n), make([]int32, 0, n), make([]uint8, 0, n)}
}

func (v *spelt) push(c byte, from, to int32) {
	v.text, v.from, v.to, v.made = append(v.text, c), append(v.from, from), append(v.to, to), append(v.made, 0)
}

// stripped leaves out what a terminal is never shown.
func (v spelt) stripped() spelt {
	out := room(len(v.text))
	for i := 0; i < len(v.text); {
		if c := v.text[i]; c >= ' ' && c <= '~' {
			out.push(c, v.from[i], v.to[i])
			i++
			continue
		}
		r, size := utf8.DecodeRune(v.text[i:])
		if unicode.IsSpace(r) || r != utf8.RuneError && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) {
			for k := i; k < i+size; k++ {
				out.push(v.text[k], v.from[k], v.to[k])
			}
		}
		i += size
	}
	return out
}

// normal undoes percent-encoding, the escapes of JSON and the entities of HTML
// until none is left, in one pass: whatever completes an escape becomes its
// character, which may complete another. Backslashes that are left go: whether they
// escape one another depends on how often the text was escaped.
func (v spelt) normal() spelt {
	n := room(len(v.text))
	for i, c := range v.text {
		n.push(c, v.from[i], v.to[i])
		for n.reduce() {
			continue
		}
	}
	out := room(len(n.text))
	for i, c := range n.text {
		if c != '\\' {
			out.push(c, n.from[i], n.to[i])
		}
	}
	return out.stripped()
}

// reduce replaces an escape at the end by what it stands for; false where there
// is none.
func (v *spelt) reduce() bool {
	n := len(v.text)
	switch last := v.text[n-1]; {
	case last == ';':
		const longest = 34 // &CounterClockwiseContourIntegral; and its like
		at := bytes.LastIndexByte(v.text[max(0, n-longest):], '&')
		if at < 0 {
			return false
		}
		entity := string(v.text[max(0, n-longest)+at:])
		plain := html.UnescapeString(entity)
		whole := plain != entity && (plain == ";" || !strings.HasSuffix(plain, ";")) // &ampx; is half an entity
		return whole && v.replace(len(entity), plain)
	default:
		return v.reduceHex()
	}
}

func (v *spelt) reduceHex() bool {
	if c, ok := v.hexEnd(`%`, 2); ok {
		return v.replace(3, string([]byte{byte(c)})) //nolint:gosec // two digits
	}
	if c, ok := v.hexEnd(`\x`, 2); ok {
		return v.replaceEscape(4, string([]byte{byte(c)})) //nolint:gosec // two digits
	}
	c, ok := v.hexEnd(`\u`, 4)
	switch {
	case !ok:
		return false
	case !utf16.IsSurrogate(c):
		return v.replaceEscape(6, string(c))
	}
	low := spelt{text: v.text[:len(v.text)-6]}
	high, _ := low.hexEnd(`\u`, 4)
	pair := utf16.DecodeRune(high, c)
	return pair != utf8.RuneError && v.replaceEscape(12, string(pair)) // of a half, the other may come
}

// hexEnd is the number at the end, of so many digits behind mark.
func (v *spelt) hexEnd(mark string, digits int) (value rune, ok bool) {
	at := len(v.text) - digits
	if at < len(mark) || string(v.text[at-len(mark):at]) != mark {
		return 0, false
	}
	for _, c := range v.text[at:] {
		d, ok := hexValue(c)
		if !ok {
			return 0, false
		}
		value = value<<4 | rune(d) //nolint:gosec // at most 15
	}
	return value, true
}

// replaceEscape also takes the backslashes before it that were made as its own
// was: JSON within JSON doubles them.
func (v *spelt) replaceEscape(n int, by string) bool {
	made := v.made[len(v.text)-n]
	for at := len(v.text) - n; at > 0 && v.text[at-1] == '\\' && v.made[at-1] == made; at-- {
		n++
	}
	return v.replace(n, by)
}

// replace puts by in the place of the last n bytes.
func (v *spelt) replace(n int, by string) bool {
	at := len(v.text) - n
	from, to, made := v.from[at], v.to[len(v.to)-1], slices.Max(v.made[at:])
	v.text, v.from, v.to, v.made = v.text[:at], v.from[:at], v.to[:at], v.made[:at]
	for i := range len(by) {
		v.push(by[i], from, to)
		v.made[at+i] = max(made, made+1) // 255 is enough of it
	}
	return true
}

// runs are the bytes that the runs of digits of so many bits stand for, each run
// from its skip-th digit on: where an encoding begins is not known.
func (v spelt) runs(value func(byte) (int, bool), bits, skip int) spelt {
	least := (leastSecret*8 + bits - 1) / bits
	var out spelt
	for i := 0; i < len(v.text); i++ {
		j := i
		for j < len(v.text) {
			if _, ok := value(v.text[j]); !ok {
				break
			}
			j++
		}
		if j-i >= least+skip {
			v.decode(&out, value, bits, i+skip, j)
			out.push(between, v.from[i], v.from[i])
		}
		i = j
	}
	return out
}

func (v spelt) decode(out *spelt, value func(byte) (int, bool), bits, i, j int) {
	held, have := 0, 0
	for first := i; i < j; i++ {
		d, _ := value(v.text[i])
		held, have = held<<bits|d, have+bits
		if have >= 8 {
			have -= 8
			out.push(byte(held>>have), v.from[first], v.to[i]) //nolint:gosec // the highest 8 of have bits
			held &= 1<<have - 1
			first = i
			if have == 0 {
				first = i + 1
			}
		}
	}
}

// base64Value reads both alphabets of RFC 4648.
func base64Value(c byte) (int, bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A'), true
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26, true
	case c >= '0' && c <= '9':
		return int(c-'0') + 52, true
	case c == '+', c == '-':
		return 62, true
	case c == '/', c == '_':
		return 63, true
	}
	return 0, false
}

func hexValue(c byte) (int, bool) {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0'), true
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10, true
	}
	return 0, false
}
