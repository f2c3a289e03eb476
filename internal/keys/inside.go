package keys

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// InsideError is a JSON document that is no key and has one inside.
type InsideError struct{ Pointer string }

func (e *InsideError) Error() string {
	return fmt.Sprintf("it is JSON and no JWK; a key seems to be inside, at #%.80s", e.Pointer)
}

// pointer is the JSON pointer (RFC 6901) to the first key inside, a JWK, a JWKS
// or either in a JSON string, or a private key in PEM.
func (m members) pointer(depth int) (string, bool) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if at, ok := pointerTo(m[name], depth+1); ok {
			return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name) + at, true
		}
	}
	return "", false
}

func pointerTo(raw json.RawMessage, depth int) (string, bool) {
	if depth > maxNesting {
		return "", false
	}
	isText := raw[0] == '"' // into which no pointer leads
	if text := ""; isText && json.Unmarshal(raw, &text) == nil && strings.HasPrefix(text, "-----BEGIN ") && strings.Contains(text, "PRIVATE KEY-----") {
		return "", true
	}
	if inner, err := Unwrap(raw); err == nil {
		raw = inner
	}
	var m members
	if json.Unmarshal(raw, &m) == nil && m != nil {
		if m["kty"] != nil || m["keys"] != nil {
			return "", true
		}
		if !isText {
			return m.pointer(depth)
		}
	}
	var list []json.RawMessage
	_ = json.Unmarshal(raw, &list) // anything else holds no key
	for i, one := range list {
		if at, ok := pointerTo(one, depth+1); ok {
			return "/" + strconv.Itoa(i) + at, true
		}
	}
	return "", false
}
