package jwt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
	"unicode/utf8"
)

// Member is one member of a JSON object, its value as it stood in the text.
type Member struct {
	Name  string
	Value json.RawMessage
}

// Object is a JSON object in the order of its text.
type Object []Member

// maxDepth is how deep a value may be nested: far above what anyone signs, and
// far enough below encoding/json's own 10,000 that what was read can be written
// again inside of something else.
const maxDepth = 1000

// ParseObject reads one JSON object and nothing after it. A name that comes
// twice is an error: RFC 7515 4 and RFC 7519 4 allow to refuse it, and two
// readers that choose differently are how such tokens do harm.
func ParseObject(data []byte) (Object, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8, as JSON must be (RFC 8259 8.1)")
	}
	if Depth(data) > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	o := Object{}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, errors.New("not valid JSON")
		}
		name, _ := t.(string)
		if seen[name] {
			return nil, fmt.Errorf("the member %.80q comes twice", name)
		}
		seen[name] = true
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errors.New("not valid JSON")
		}
		o = append(o, Member{name, value})
	}
	if _, err := dec.Token(); err != nil {
		return nil, errors.New("not valid JSON")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return o, nil
}

// Depth is how many arrays and objects of JSON text stand inside one another at
// most, 0 for a lone string or number. Of text that is no JSON it says nothing.
func Depth(data []byte) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']', c == '}':
			depth--
		}
	}
	return deepest
}

// Raw is the value of that name as JSON text, nil when there is none.
func (o Object) Raw(name string) json.RawMessage {
	for _, m := range o {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// Has reports whether there is a member of that name.
func (o Object) Has(name string) bool { return o.Raw(name) != nil }

// String is the member of that name if it is a string, else "".
func (o Object) String(name string) string {
	var s string
	if json.Unmarshal(o.Raw(name), &s) != nil {
		return ""
	}
	return s
}

// Strings is the member of that name as a list: a string, or an array of
// strings, as aud may be (RFC 7519 4.1.3). Anything else is nil.
func (o Object) Strings(name string) []string {
	raw := o.Raw(name)
	var one string
	if json.Unmarshal(raw, &one) == nil && !bytes.Equal(raw, []byte("null")) {
		return []string{one}
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// Time is the NumericDate of that name (RFC 7519 2), zero when it is absent,
// and an error when it is no number of seconds that a clock could show.
func (o Object) Time(name string) (time.Time, error) {
	raw := o.Raw(name)
	if raw == nil {
		return time.Time{}, nil
	}
	var seconds float64
	// The year 9999 is the last one RFC 3339 can write.
	if bytes.Equal(raw, []byte("null")) || json.Unmarshal(raw, &seconds) != nil || math.Abs(seconds) > 253402300799 {
		return time.Time{}, fmt.Errorf("%s is no NumericDate", name)
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9)), nil
}

// Map is the object as Go values, numbers as json.Number.
func (o Object) Map() map[string]any {
	m := make(map[string]any, len(o))
	for _, member := range o {
		dec := json.NewDecoder(bytes.NewReader(member.Value))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) == nil {
			m[member.Name] = v
		}
	}
	return m
}

// MarshalJSON writes the object in its order.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.Value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
