package endpoint

import (
	"bytes"
	"strings"
)

// A hostile server may echo a secret in a spelling of its own: percent-encoded
// once or twice, JSON-escaped, as entities, in hexadecimal or base64, and one in
// another. What is searched is therefore decoded, each byte knowing where it came
// from, and compared with the secret in the same normal form.

const (
	leastSecret = 6  // bytes; hiding every "a" would hide nothing and garble all
	deepest     = 3  // how often base64 and hexadecimal are undone within each other
	mostDecoded = 16 // times the text, at least a KiB; what asks for more is hidden whole
	between     = '\v'
)

// hideSecrets is s with hiddenText wherever one of secrets stands in any spelling.
// It takes time and memory linear in s.
func hideSecrets(s string, secrets []string) string {
	h := hider{secret: make([]bool, len(s)), left: mostDecoded * (len(s) + 1<<10)}
	for _, secret := range secrets {
		if len(secret) < leastSecret {
			continue
		}
		raw := plainly(secret)
		h.exact = append(h.exact, folded(raw.text))
		if normal := folded(raw.normal().text); len(normal) >= leastSecret {
			h.normal = append(h.normal, normal)
		}
	}
	if len(h.exact) == 0 {
		return s
	}
	if h.look(plainly(s), 0); h.left < 0 {
		return hiddenText
	}
	return h.result(s)
}

type hider struct {
	exact, normal [][]byte // what is looked for, as it is and in normal form
	secret        []bool   // true for what must not be shown
	left          int      // bytes that may still be decoded
}

func (h *hider) look(v spelt, depth int) {
	if h.left -= len(v.text); h.left < 0 || len(v.text) < leastSecret {
		return
	}
	h.mark(v, h.exact)
	v = v.normal()
	h.mark(v, h.normal)
	if depth == deepest {
		return
	}
	for skip := range 4 {
		h.look(v.runs(base64Value, 6, skip), depth+1)
	}
	for skip := range 2 {
		h.look(v.runs(hexValue, 4, skip), depth+1)
	}
}

func (h *hider) mark(v spelt, wanted [][]byte) {
	text := folded(v.text)
	for _, one := range wanted {
		for at := 0; ; {
			i := bytes.Index(text[at:], one)
			if i < 0 {
				break
			}
			begin, end := at+i, at+i+len(one)
			for p := v.from[begin]; p < v.to[end-1]; p++ {
				h.secret[p] = true
			}
			at = end
		}
	}
}

func (h *hider) result(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case !h.secret[i]:
			b.WriteByte(s[i])
		case i == 0 || !h.secret[i-1]:
			b.WriteString(hiddenText)
		}
	}
	return b.String()
}
