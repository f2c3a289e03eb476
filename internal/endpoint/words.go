package endpoint

import (
	"bytes"
	"html"
	"strings"
)

// words is what a person would read of a page that a proxy, a gateway or a
// firewall answered with: no tags, comments, scripts and styles, entities
// decoded. Text that is no markup comes back as it is. A title that the page
// repeats at its head is said once.
func words(body []byte) string {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return string(body)
	}
	var text, title strings.Builder
	to := &text
	for rest := string(body); rest != ""; {
		plain, markup, found := strings.Cut(rest, "<")
		to.WriteString(plain)
		if !found {
			break
		}
		name, after := tag(markup)
		switch name {
		case "script", "style":
			after = pastEnd(after, name)
		case "title":
			to = &title
		case "/title":
			to = &text
		}
		to.WriteByte(' ')
		rest = after
	}
	head, said := plainText(title.String()), plainText(text.String())
	if strings.HasPrefix(said, head) {
		return said
	}
	return strings.TrimSpace(head + ": " + said)
}

func plainText(s string) string { return strings.TrimSpace(html.UnescapeString(s)) }

// tag reads the rest of a tag after its <: the name in lower case, with the
// slash of an end tag, and what follows the tag. A > in a quoted attribute or
// in a comment does not end it (HTML Living Standard 13.2.5).
func tag(markup string) (name, after string) {
	if comment, found := strings.CutPrefix(markup, "!--"); found {
		_, after, _ = strings.Cut(comment, "-->")
		return "", after
	}
	end := strings.IndexAny(markup, " \t\r\n>")
	if end < 0 {
		return "", ""
	}
	var quote byte
	for i := end; i < len(markup); i++ {
		switch c := markup[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return strings.ToLower(markup[:end]), markup[i+1:]
		}
	}
	return "", "" // cut off, or never closed: no text
}

// pastEnd is what follows the end tag of a raw text element.
func pastEnd(text, name string) string {
	for rest := text; ; {
		_, markup, found := strings.Cut(rest, "</")
		if !found {
			return ""
		}
		if len(markup) >= len(name) && strings.EqualFold(markup[:len(name)], name) {
			_, after, _ := strings.Cut(markup, ">")
			return after
		}
		rest = markup
	}
}
