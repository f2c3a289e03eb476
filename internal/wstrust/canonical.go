package wstrust

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// element is one that is written in exclusive canonical form (Exclusive XML
// Canonicalization 1.0, 3): its bytes are what its digest is over, so no XML
// library is needed to sign it.
type element struct {
	name     string   // with its prefix
	attrs    []string // names and values
	text     string
	children []element
	raw      []byte // in the place of text and children: canonical already
}

func leaf(name, text string, attrs ...string) element {
	return element{name: name, text: text, attrs: attrs}
}

func branch(name string, children ...element) element {
	return element{name: name, children: children}
}

// with is e with attributes.
func (e element) with(attrs ...string) element {
	e.attrs = append(slices.Clone(e.attrs), attrs...)
	return e
}

// canonical writes elements; soap is the namespace of its version.
type canonical struct {
	soap string
	bad  error // the first value that XML cannot hold
}

// namespace of a prefix, "" of none.
func (c *canonical) namespace(prefix string) string {
	switch prefix {
	case "soap":
		return c.soap
	case "wsa":
		return nsWSA
	case "wsse":
		return nsWSSE
	case "wsu":
		return nsWSU
	case "wst":
		return nsWST
	case "wsp":
		return "http://schemas.xmlsoap.org/ws/2004/09/policy"
	case "ds":
		return nsDSig
	case "auth":
		return dialectAuth
	case "ic":
		return dialectIdentity
	}
	return ""
}

// bytes is e as an apex: it declares every prefix that it uses, wherever it is put.
func (c *canonical) bytes(e element) []byte {
	var b bytes.Buffer
	c.write(&b, e, nil)
	return b.Bytes()
}

func (c *canonical) write(b *bytes.Buffer, e element, declared []string) {
	type attr struct{ space, local, name, value string }
	used := []string{prefixOf(e.name)}
	var attrs []attr
	for i := 0; i < len(e.attrs); i += 2 {
		name := e.attrs[i]
		prefix := prefixOf(name)
		attrs = append(attrs, attr{c.namespace(prefix), strings.TrimPrefix(name, prefix+":"), name, e.attrs[i+1]})
		used = append(used, prefix)
	}
	slices.SortFunc(attrs, func(a, b attr) int {
		return cmp.Or(strings.Compare(a.space, b.space), strings.Compare(a.local, b.local))
	})
	slices.Sort(used)
	b.WriteString("<" + e.name)
	for _, prefix := range slices.Compact(used) {
		if prefix != "" && !slices.Contains(declared, prefix) {
			b.WriteString(` xmlns:` + prefix + `="` + c.namespace(prefix) + `"`)
		}
	}
	for _, a := range attrs {
		b.WriteString(" " + a.name + `="` + c.escape(a.value, `&<"`+"\t\n\r") + `"`)
	}
	b.WriteString(">" + c.escape(e.text, "&<>\r"))
	b.Write(e.raw)
	for _, child := range e.children {
		c.write(b, child, slices.Concat(declared, used))
	}
	b.WriteString("</" + e.name + ">")
}

func prefixOf(name string) string {
	if prefix, _, ok := strings.Cut(name, ":"); ok {
		return prefix
	}
	return ""
}

// escape writes a value as Canonical XML 1.0, 2.3 does, where those of special are not plain.
func (c *canonical) escape(value, special string) string {
	var b strings.Builder
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
			fmt.Fprintf(&b, "&#x%X;", r)
		}
	}
	return b.String()
}

// inXML is true for what XML 1.0 calls a Char (2.2); rest begins with it.
func inXML(r rune, rest string) bool {
	if r == utf8.RuneError {
		_, size := utf8.DecodeRuneInString(rest)
		return size > 1
	}
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}
