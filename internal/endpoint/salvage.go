package endpoint

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"authctl/internal/secret"
	"authctl/internal/token"
)

// Salvage is what tokens a 2xx answer holds, whatever else is wrong with it.
// They are to be made durable or revoked, and for nothing else.
func Salvage(a Answer) token.Set {
	a.note = nil
	m, _ := a.Members()
	access, _ := m.text("access_token")
	refresh := cmp.Or(m.literal("refresh_token"), a.found("refresh_?token"))
	if access == "" && refresh == "" {
		access = a.found("access_?token")
	}
	return token.Set{AccessToken: secret.New(access), RefreshToken: secret.New(refresh), RefreshExpires: refreshExpires(m, a.At), ObtainedAt: a.At}
}

// found is the last value that stands behind name, a pattern, in a body that
// need be no JSON and no form: broken before it, wrapped in something, behind
// a page. A value whose end is not seen is none. "" where there is none.
func (a Answer) found(name string) string {
	text := strings.ReplaceAll(string(a.plain()), "\x00", "") // UTF-16 that does not say so
	if !a.cut {
		text += "\n" // ends the last value of a form
	}
	var inner string
	if json.Unmarshal([]byte(text), &inner) == nil {
		text = inner // JSON as a JSON text
	}
	for _, spelling := range []struct {
		pattern string
		value   func(string) (string, error)
	}{
		{`(?i)"` + name + `"\s*:\s*("(?:[^"\\]|\\.)*")`, func(quoted string) (v string, err error) {
			err = json.Unmarshal([]byte(quoted), &v)
			return v, err
		}},
		{`(?i)'` + name + `'\s*:\s*'([^'\\\s]+)'`, func(v string) (string, error) { return v, nil }},
		{`(?i)(?:^|[?&;\s])` + name + `=([^&;\s"'<>]+)[&;\s"'<>]`, url.QueryUnescape},
	} {
		all := regexp.MustCompile(spelling.pattern).FindAllStringSubmatch(text, -1)
		if len(all) == 0 {
			continue
		}
		if v, err := spelling.value(all[len(all)-1][1]); err == nil && v != "" {
			return v
		}
	}
	return ""
}
