package endpoint

import (
	"cmp"
	"encoding/json"
	"errors"
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

// GrantedInVain is true where err is about an answer that holds tokens and that
// cannot be used: what it was asked with is spent, and asking again is of no use.
func GrantedInVain(err error) bool {
	var answer Answer
	var unusable inVain
	var lost *SendError
	switch {
	case errors.As(err, &unusable):
		answer = unusable.a
	case errors.As(err, &lost):
		answer = lost.Part
	}
	set := Salvage(answer)
	return !set.AccessToken.IsZero() || !set.RefreshToken.IsZero()
}

// found is the last value that stands behind name, a pattern, "" where there is none.
func (a Answer) found(name string) string {
	all := a.all(name)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// granted are the tokens in a body, of which no person is shown one.
func (a Answer) granted() []string { return a.all("(?:access|refresh|id)_?token") }

// all are the values behind name, a pattern, in a body that need be no JSON and
// no form: broken before it, wrapped in something, behind a page. A value whose
// end is not seen is none.
func (a Answer) all(name string) (values []string) {
	text := strings.ReplaceAll(string(a.plain()), "\x00", "") // UTF-16 that does not say so
	var inner string
	if json.Unmarshal([]byte(text), &inner) == nil {
		text = inner // JSON as a JSON text
	}
	if !a.cut {
		text += "\n" // ends the last value of a form
	}
	for _, spelling := range []struct {
		pattern string
		value   func(string) (string, error)
	}{
		{`(?i)\b` + name + `=([^&;\s"'<>]+)[&;\s"'<>]`, url.QueryUnescape},
		{`(?i)'` + name + `'\s*:\s*'([^'\\\s]+)'`, func(v string) (string, error) { return v, nil }},
		{`(?i)"` + name + `"\s*:\s*("(?:[^"\\]|\\.)*")`, func(quoted string) (v string, err error) {
			err = json.Unmarshal([]byte(quoted), &v)
			return v, err
		}},
	} {
		for _, match := range regexp.MustCompile(spelling.pattern).FindAllStringSubmatch(text, -1) {
			if v, err := spelling.value(match[1]); err == nil && v != "" {
				values = append(values, v)
			}
		}
	}
	return values
}
