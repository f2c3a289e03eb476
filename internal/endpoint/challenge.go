package endpoint

import (
	"net/http"
	"strings"
)

// challengeError is the error and its description in the WWW-Authenticate of
// an answer (RFC 6750 3, RFC 9449 7.1), "" where no challenge names one.
func challengeError(h http.Header) (code, description string) {
	for _, field := range h.Values("WWW-Authenticate") {
		params := challengeParams(field)
		if code := params["error"]; code != "" {
			return code, params["error_description"]
		}
	}
	return "", ""
}

// challengeParams are the auth-params of every challenge of one field, names
// in lower case, the first of a name (RFC 9110 11.2, 11.6.1). What is no
// auth-param, such as a scheme or a token68, is passed over: servers write
// both commas and blanks between them.
func challengeParams(field string) map[string]string {
	params := map[string]string{}
	for rest := field; rest != ""; {
		rest = strings.TrimLeft(rest, " \t,")
		end := strings.IndexAny(rest, " \t,=")
		if end < 0 {
			break
		}
		name := strings.ToLower(rest[:end])
		rest = strings.TrimLeft(rest[end:], " \t")
		value, found := strings.CutPrefix(rest, "=")
		if !found {
			continue // a scheme
		}
		value, rest = challengeValue(strings.TrimLeft(value, " \t"))
		if _, twice := params[name]; !twice {
			params[name] = value
		}
	}
	return params
}

// challengeValue takes a token or a quoted-string (RFC 9110 5.6.4) off the
// beginning of text. A string that is never closed goes to the end.
func challengeValue(text string) (value, rest string) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, " \t,")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:]
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:]
		case '\\':
			if i++; i == len(text) {
				return b.String(), ""
			}
		}
		b.WriteByte(text[i])
	}
	return b.String(), ""
}
