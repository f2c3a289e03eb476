package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"strings"

	"authctl/internal/keys"
)

// formType is how a body of a form calls itself.
const formType = "application/x-www-form-urlencoded"

// Members reads the answer's body: a JSON object, in UTF-8 or with a
// byte-order mark in UTF-16, or a form where its Content-Type says so. With an
// error, one line about the body, come the members that stand before the
// fault: nothing may be used of them, but a token among them is none the less
// a token (see Salvage).
func (a Answer) Members() (*Members, error) {
	body := a.plain()
	m := &Members{values: map[string]json.RawMessage{}, twice: map[string]bool{}, note: a.note}
	start := bytes.TrimSpace(body)
	if kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type")); kind == formType && !bytes.HasPrefix(start, []byte("{")) {
		if a.cut {
			start = start[:max(0, bytes.LastIndexByte(start, '&'))] // the last value may go on
		}
		return m, m.form(string(start))
	}
	return m, m.object(body)
}

// plain is the body in UTF-8, or as it is where that cannot be told.
func (a Answer) plain() []byte {
	if text, err := keys.Text(a.Body); err == nil {
		return text
	}
	return a.Body
}

func (m *Members) form(body string) error {
	values, err := url.ParseQuery(body)
	if err != nil || len(values) == 0 {
		return errors.New("broken form encoding")
	}
	for name, all := range values {
		raw, err := marshal(all[len(all)-1])
		if err != nil {
			return err
		}
		m.values[name], m.twice[name] = raw, len(all) > 1
	}
	return nil
}

func (m *Members) object(body []byte) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	start, err := dec.Token()
	if err != nil || start != json.Delim('{') {
		return fmt.Errorf("%s instead of a JSON object", describe(body))
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return errBroken
		}
		key, _ := name.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return errBroken
		}
		_, again := m.values[key]
		m.values[key], m.twice[key] = value, again
	}
	if _, err := dec.Token(); err != nil {
		return errBroken
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errBroken // something after the object
	}
	return nil
}

var errBroken = errors.New("broken JSON")

// describe says what a body looks like without showing it: it may hold a secret.
func describe(body []byte) string {
	text := strings.ToLower(strings.TrimSpace(string(body[:min(len(body), 256)])))
	switch {
	case text == "":
		return "an empty body"
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"):
		return "an HTML page"
	case strings.HasPrefix(text, "<"):
		return "XML"
	default:
		return "something"
	}
}
