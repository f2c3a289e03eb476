package profile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// headers checks fields that become HTTP headers; taken names are set by authctl itself.
func (c *checker) headers(path string, fields []Field, taken []string) {
	seen := map[string]bool{}
	for i, f := range fields {
		at := index(path, i)
		lower := strings.ToLower(f.Name)
		switch {
		case !isToken(f.Name):
			c.add(at+".name", "is not a header name (RFC 9110 5.6.2: letters, digits, - and a few signs)")
		case slices.Contains(taken, lower):
			c.add(at+".name", "%s is set by authctl itself", f.Name)
		case seen[lower]:
			c.add(at+".name", "%s is given twice", f.Name)
		}
		seen[lower] = true
		c.choice(at, f)
		if f.Secret != nil || f.Basic != nil {
			continue
		}
		value, ok := f.Value.(string)
		if !ok {
			c.add(at+".value", "must be text")
		} else if !isHeaderValue(value) {
			c.add(at+".value", "must not hold control characters such as CR, LF or NUL, nor begin or end with a space")
		}
		if secretHeader(lower) {
			c.literal(at, f.Name)
		}
	}
}

// params checks fields that become parameters of a request. Names may repeat
// (RFC 8707 2); only a JSON body can carry more than text.
func (c *checker) params(path string, fields []Field, form bool) {
	for i, f := range fields {
		at := index(path, i)
		if f.Name == "" || strings.ContainsAny(f.Name, "\x00\r\n") {
			c.add(at+".name", "must be the parameter's name")
		}
		c.choice(at, f)
		if f.Secret != nil || f.Basic != nil {
			continue
		}
		if form && !isScalar(f.Value) {
			c.add(at+".value", "must be text, a number or a boolean in a form")
		}
		if SecretParam(f.Name) {
			c.literal(at, f.Name)
		}
	}
}

// members checks fields that become claims or header members of the client
// assertion: any JSON value under any name, each name once.
func (c *checker) members(path string, fields []Field, taken map[string]string) {
	seen := map[string]bool{}
	for i, f := range fields {
		at := index(path, i)
		switch {
		case f.Name == "":
			c.add(at+".name", "must not be empty")
		case taken[f.Name] != "":
			c.add(at+".name", "%q comes from %s", f.Name, taken[f.Name])
		case seen[f.Name]:
			c.add(at+".name", "%q is given twice", f.Name)
		}
		seen[f.Name] = true
		if f.Secret != nil || f.Basic != nil {
			c.add(at, "takes a value only: the assertion is signed, not hidden")
		}
	}
}

// choice checks that a field has one of value, secret and basic, and that
// basic can be encoded.
func (c *checker) choice(at string, f Field) {
	set := 0
	for _, has := range []bool{f.Value != nil, f.Secret != nil, f.Basic != nil} {
		if has {
			set++
		}
	}
	if set != 1 {
		c.add(at, "needs exactly one of value, secret and basic")
	}
	if f.Basic == nil {
		return
	}
	switch b := f.Basic; {
	case b.Username == "":
		c.add(at+".basic.username", "is missing")
	case strings.ContainsAny(b.Username, ":\x00\r\n"):
		c.add(at+".basic.username", "must not hold a colon or control characters (RFC 7617 2)")
	}
	if f.Basic.Password.IsZero() {
		c.add(at+".basic.password", "is missing")
	}
	if s := f.Basic.Scheme; s != "" && !isToken(s) {
		c.add(at+".basic.scheme", "must be one word, such as Basic")
	}
}

func (c *checker) literal(at, name string) {
	c.add(at+".value", "%s is a secret and must not stand in the file", name).Hint = "give it as secret: keyring:NAME (kept by: authctl secret set NAME), env:NAME, file:PATH or {command: [argv...]}"
}

// SecretParam is true for the standard parameters that are secrets by their
// definition, in whatever case a server wants them.
func SecretParam(name string) bool {
	return slices.Contains([]string{
		"client_secret", "client_assertion", "password", "refresh_token", "access_token", "token",
		"code", "code_verifier", "assertion", "subject_token", "actor_token", "device_code",
	}, strings.ToLower(name))
}

// secretHeader guesses by the name, lower-cased, that a header carries a secret.
func secretHeader(name string) bool {
	for _, end := range []string{"authorization", "-key", "-secret", "-password", "-token", "cookie"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

func isScalar(v any) bool {
	switch v.(type) {
	case string, bool, json.Number, int, int64, float64, nil:
		return true
	default:
		return false
	}
}

// isToken is the token of RFC 9110 5.6.2: header names, schemes.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		alnum := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !alnum && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// isHeaderValue is the field-value of RFC 9110 5.5 without obsolete forms.
func isHeaderValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return s == strings.Trim(s, " \t")
}
