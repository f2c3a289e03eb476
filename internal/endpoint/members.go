package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"authctl/internal/shown"
)

// Members are the members of one answer of an OAuth endpoint, read by one
// rule: what is needed to use the answer safely is required; everything else
// is read if it can be, and left out with a line in `-v` if not.
//
// Null, and a text that is empty, count as absent. A member that stands there
// twice says two things (RFC 8259 4): as a needed one it is an error, else it
// is left out. No error and no line quotes a value.
type Members struct {
	values map[string]json.RawMessage // the last value of each
	twice  map[string]bool
	note   func(line string)
}

// maxLifetime is the longest lifetime that makes sense: ten years, in seconds.
const maxLifetime = 10 * 366 * 24 * 3600

// Need is the text of a member that the answer is no use without. The error
// says what is wrong with it.
func (m *Members) Need(name string) (string, error) {
	text, ok := m.text(name)
	switch {
	case m.twice[name]:
		return "", fmt.Errorf("it contradicts itself: it has %s twice", name)
	case !ok:
		return "", fmt.Errorf("its %s is not text", name)
	case text == "":
		return "", fmt.Errorf("it has no %s", name)
	}
	return text, nil
}

// Once is the text of a member that may be absent, "" then, and whose every
// other state is an error: what cannot be read must not pass for what is not there.
func (m *Members) Once(name string) (string, error) {
	if !m.Has(name) {
		return "", nil
	}
	return m.Need(name)
}

// Has is true for a member that says something: false and 0 do not.
func (m *Members) Has(name string) bool {
	switch raw := string(m.values[name]); {
	case m.twice[name]:
		return true
	case raw == "false", raw == "0":
		return false
	}
	text, ok := m.text(name)
	return text != "" || !ok
}

// Text is a member's text, "" where it has none.
func (m *Members) Text(name string) string {
	text, ok := m.text(name)
	if !ok {
		m.leaveOut(name, "it is not text")
	}
	if !ok || m.isTwice(name) {
		return ""
	}
	return text
}

// text is false for what is there and no text.
func (m *Members) text(name string) (string, bool) {
	raw, there := m.values[name]
	var text *string
	if there && json.Unmarshal(raw, &text) != nil {
		return "", false
	}
	if text == nil {
		return "", true
	}
	return *text, true
}

// literal is text, or a number as it is written: some servers count their tokens.
func (m *Members) literal(name string) string {
	var n json.Number
	if raw := m.values[name]; len(raw) > 0 && raw[0] != '"' && json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	text, _ := m.text(name)
	return text
}

// Words is a list as RFC 6749 3.3 has scopes, separated by blanks, or as the
// array of texts that some servers send instead.
func (m *Members) Words(name string) string {
	var words []string
	if raw, there := m.values[name]; there && json.Unmarshal(raw, &words) == nil {
		if m.isTwice(name) {
			return ""
		}
		return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	}
	return m.Text(name)
}

// List is an array of texts, nil where there is none.
func (m *Members) List(name string) []string {
	var list []string
	if raw, there := m.values[name]; there && json.Unmarshal(raw, &list) != nil {
		m.leaveOut(name, "it is no list of texts")
		return nil
	}
	if m.isTwice(name) {
		return nil
	}
	return list
}

// Object are the members of a member, none where it is no object.
func (m *Members) Object(name string) *Members {
	inner := &Members{values: map[string]json.RawMessage{}, twice: map[string]bool{}, note: m.note}
	raw, there := m.values[name]
	switch {
	case !there, string(raw) == "null", m.isTwice(name):
	case inner.object(raw) != nil:
		m.leaveOut(name, "it is no object")
		clear(inner.values)
	}
	return inner
}

// Bool is true where the member says true, as JSON or as text.
func (m *Members) Bool(name string) bool {
	switch raw := string(m.values[name]); {
	case m.isTwice(name):
	case raw == "true", raw == `"true"`:
		return true
	case raw != "" && raw != "null" && raw != "false" && raw != `"false"`:
		m.leaveOut(name, "it is neither true nor false")
	}
	return false
}

// Denies is true where the member says false; what is not there says nothing.
func (m *Members) Denies(name string) bool {
	raw := string(m.values[name])
	return !m.twice[name] && (raw == "false" || raw == `"false"`)
}

// Seconds is the first of the named lifetimes that can be read, as a number or
// as text, in any spelling of a number. It may be negative. ok is false where
// there is none, and where it is longer than ten years: such a number is a
// mistake, or another unit.
func (m *Members) Seconds(names ...string) (lifetime time.Duration, ok bool) {
	for _, name := range names {
		raw := string(m.values[name])
		if text, isText := m.text(name); isText {
			raw = strings.TrimSpace(text) // "" for null and for nothing
		}
		if raw == "" || m.isTwice(name) {
			continue
		}
		seconds, err := number(raw)
		switch {
		case err != nil:
			m.leaveOut(name, "it is no number of seconds")
		case seconds > maxLifetime:
			m.leaveOut(name, "it is longer than ten years")
		default:
			return time.Duration(max(seconds, -maxLifetime) * float64(time.Second)), true
		}
	}
	return 0, false
}

// number is a decimal, without the names and bases that ParseFloat knows beyond those.
func number(text string) (float64, error) {
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, errors.New("not a decimal")
	}
	n, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) {
		err = nil // infinite, and as such compared
	}
	return n, err
}

// Rest is every member but the known ones as one JSON object, "" for none. One
// with which they would be more than limit bytes is left out, and so is one
// that stands there twice.
func (m *Members) Rest(limit int, known []string) string {
	rest := map[string]json.RawMessage{}
	size := 2
	for _, name := range sorted(m.values) {
		raw := m.values[name]
		if slices.Contains(known, name) || string(raw) == "null" || m.isTwice(name) {
			continue
		}
		with := size + len(name) + len(raw) + len(`"":,`)
		if with > limit {
			m.leaveOut(name, fmt.Sprintf("no more than %d KiB of such members are kept", limit>>10))
			continue
		}
		rest[name], size = raw, with
	}
	if len(rest) == 0 {
		return ""
	}
	text, err := marshal(rest)
	if err != nil {
		return ""
	}
	return string(text)
}

func (m *Members) isTwice(name string) bool {
	if m.twice[name] {
		m.leaveOut(name, "it is there twice")
	}
	return m.twice[name]
}

func (m *Members) leaveOut(name, why string) {
	if m.note != nil {
		m.note(shown.Clean(name) + " is left out: " + why)
	}
}
