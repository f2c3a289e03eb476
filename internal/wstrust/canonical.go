package wstrust

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// canonical fills values into text that is in exclusive canonical form already
// (Exclusive XML Canonicalization 1.0, 3), so that it stays so: the digest of a part
// is over the bytes written, and no XML library is needed to sign it.
type canonical struct {
	bad error // the first value that XML cannot hold
}

// fill puts values in the place of each % of the text: after a quote as an attribute's, else as text.
func (c *canonical) fill(text string, values ...string) string {
	var b strings.Builder
	for _, value := range values {
		before, after, _ := strings.Cut(text, "%")
		b.WriteString(before)
		special := "&<>\r" // Canonical XML 1.0, 2.3
		if strings.HasSuffix(before, `"`) {
			special = "&<\"\t\n\r"
		}
		c.escape(&b, value, special)
		text = after
	}
	b.WriteString(text)
	return b.String()
}

func (c *canonical) escape(b *strings.Builder, value, special string) {
	for i, r := range value {
		if c.bad == nil && !inXML(r, value[i:]) {
			c.bad = fmt.Errorf("XML cannot hold the character %q of %.80q", r, value)
		}
		switch {
		case !strings.ContainsRune(special, r):
			b.WriteRune(r)
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		default:
			b.WriteString("&#x" + strings.ToUpper(strconv.FormatInt(int64(r), 16)) + ";")
		}
	}
}

// inXML is true for what XML 1.0 calls a Char (2.2); rest begins with it.
func inXML(r rune, rest string) bool {
	if r == utf8.RuneError {
		_, size := utf8.DecodeRuneInString(rest)
		return size > 1
	}
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}
