package inspect

import (
	"bytes"
	"encoding/json"
	"strings"

	"authctl/internal/jwt"
	"authctl/internal/shown"
)

// What a token's author decides must not decide how much is printed: indenting
// costs as many blanks a line as the value is deep.
const (
	// maxLevels is how deep a value is shown; below it a word stands for the rest.
	maxLevels = 8
	// maxLines is how many lines of one page are indented; values after that are
	// on one line each.
	maxLines = 4000
	// tooDeep stands for what is not shown, as JSON.
	tooDeep = `"... nested deeper than 8 levels: -o json shows it"`
)

// value writes one member as a person reads it.
func (p *page) value(o jwt.Object, m jwt.Member) string {
	switch m.Name {
	case "exp", "nbf", "iat", "auth_time", "updated_at":
		if t, err := o.Time(m.Name); err == nil {
			return p.when(t, m.Name == "exp")
		}
	case "scope", "scp":
		var words []string
		for _, s := range o.Strings(m.Name) {
			words = append(words, strings.Fields(shown.Whole(s))...)
		}
		if len(words) > 0 {
			return strings.Join(words, "\n")
		}
	}
	var s string
	if len(m.Value) > 0 && m.Value[0] == '"' && json.Unmarshal(m.Value, &s) == nil {
		return shown.Whole(s)
	}
	var list []string
	if json.Unmarshal(m.Value, &list) == nil && len(list) > 0 {
		for i := range list {
			list[i] = shown.Whole(list[i])
		}
		return strings.Join(list, "\n")
	}
	return p.indented(m.Value)
}

// indented is a value over several lines, while the page has room for them.
func (p *page) indented(raw []byte) string {
	shallow := shallow(raw, maxLevels)
	var b bytes.Buffer
	if json.Indent(&b, shallow, "", "  ") != nil {
		return shown.Whole(string(raw))
	}
	lines := strings.Split(b.String(), "\n")
	if p.lines += len(lines); p.lines > maxLines {
		return shown.Whole(string(shallow))
	}
	for i := range lines {
		lines[i] = shown.Whole(lines[i])
	}
	return strings.Join(lines, "\n")
}

// shallow is valid JSON with tooDeep in place of every array and object that
// stands inside levels others.
func shallow(raw []byte, levels int) []byte {
	if jwt.Depth(raw) <= levels {
		return raw
	}
	out := make([]byte, 0, len(raw))
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		closes := false
		switch {
		case quoted && c == '\\':
			if depth <= levels {
				out = append(out, c)
			}
			i++
			c = raw[i]
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{':
			if depth++; depth == levels+1 {
				out = append(out, tooDeep...)
			}
		case c == ']', c == '}':
			closes = depth == levels+1
			depth--
		}
		if depth <= levels && !closes {
			out = append(out, c)
		}
	}
	return out
}
