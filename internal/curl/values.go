package curl

import (
	"strings"

	"authctl/internal/fault"
	"authctl/internal/render"
)

// checkValue holds what an option brings: a line break in what reaches a
// request line or a header begins another one, a NUL ends what curl reads of
// it (RFC 9112 2.2, RFC 9110 5.5). Every value is held to it but those that
// the table lets have lines.
func (o option) checkValue(value string) error {
	bad := "\r\n\x00"
	if o.lines {
		bad = "\x00"
	}
	text := value
	if o.name == "form" || o.name == "form-string" {
		bad, text = "\r\n\x00", formHead(o.name, value)
	}
	switch {
	case strings.ContainsAny(text, bad), strings.Contains(value, "\x00"):
		return fault.New(fault.Usage, "the value of curl's --%s has a line break or NUL, so a server could see another header or request", o.name).
			Hint("leave it out; $(...) takes away those at the end")
	case o.name == "request" && !render.IsHeaderName(value):
		return fault.New(fault.Usage, "%q is no request method (RFC 9110 9.1)", shown(value))
	}
	return nil
}

// formHead is what -F puts into the head of a part: the name, the name of a
// file, and what follows the content's first semicolon outside of quotes
// (type, filename, headers). The content may have lines.
func formHead(option, value string) string {
	name, content, _ := strings.Cut(value, "=")
	content = strings.TrimLeft(content, " \t\r\n\v\f")
	switch {
	case option == "form-string":
		return name
	case strings.HasPrefix(content, "@"), strings.HasPrefix(content, "<"):
		return value
	case strings.HasPrefix(content, `"`):
		content = afterQuotes(content)
	}
	_, rest, _ := strings.Cut(content, ";")
	return name + rest
}

// afterQuotes is what follows the closing quote, all of s where there is none;
// a backslash takes the next character literally.
func afterQuotes(s string) string {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[i+1:]
		}
	}
	return s
}

// checkQuery: with -G the body becomes the query.
func (l line) checkQuery() error {
	if !has(l.options, "get") {
		return nil
	}
	for _, a := range l.options {
		isText := strings.HasPrefix(a.name, "data") && a.name != "data-urlencode" || a.name == "json"
		if isText && strings.ContainsAny(a.value, "\r\n") {
			return fault.New(fault.Usage, "curl's -G would put the line break of --%s into the URL", a.name).
				Hint("--data-urlencode encodes it")
		}
	}
	return nil
}
