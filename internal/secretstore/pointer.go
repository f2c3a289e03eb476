package secretstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// lookUp returns the value at an RFC 6901 JSON pointer: a string without its
// quotes, anything else as the JSON that stands there. Errors quote the
// pointer and never the document.
func lookUp(doc []byte, pointer string) (string, error) {
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	if !json.Valid(doc) {
		return "", errors.New("the file is not JSON")
	}
	at := json.RawMessage(doc)
	for _, token := range strings.Split(pointer, "/")[1:] {
		next, ok := step(at, strings.NewReplacer("~1", "/", "~0", "~").Replace(token))
		if !ok {
			return "", fmt.Errorf("the file has no value at %s", pointer)
		}
		at = next
	}
	var s string
	if json.Unmarshal(at, &s) == nil && at[0] == '"' {
		at = json.RawMessage(s)
	}
	if len(at) == 0 || string(at) == "null" {
		return "", fmt.Errorf("the value at %s is empty", pointer)
	}
	return string(at), nil
}

// step goes one reference token down (RFC 6901 section 4).
func step(at json.RawMessage, token string) (json.RawMessage, bool) {
	at = bytes.TrimLeft(at, " \t\r\n")
	switch {
	case len(at) > 0 && at[0] == '{':
		var o map[string]json.RawMessage
		if json.Unmarshal(at, &o) != nil {
			return nil, false
		}
		v, ok := o[token]
		return v, ok
	case len(at) > 0 && at[0] == '[':
		var a []json.RawMessage
		i, err := strconv.ParseUint(token, 10, 31)
		if err != nil || strconv.FormatUint(i, 10) != token || json.Unmarshal(at, &a) != nil || int(i) >= len(a) {
			return nil, false
		}
		return a[i], true
	default:
		return nil, false
	}
}
