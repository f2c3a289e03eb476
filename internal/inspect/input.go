package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/saml"
	"authctl/internal/shown"
)

// MaxInput is the most bytes that are looked at: a token response, or many tokens.
const MaxInput = 1 << 20

// Selects are the members of a token response that hold a token. The first that
// is there is meant where something is asked of one token and nobody says which.
func Selects() []string { return []string{"access_token", "id_token", "refresh_token"} }

// ErrPEM is for a key or certificate where a token was expected.
var ErrPEM = errors.New("it is PEM, so a key or certificate, and no token")

// Found is one token of an input.
type Found struct {
	Member string // of the token response that it stood in, "" for a token by itself
	Text   string
}

// Tokens finds the tokens in data: a SAML document, what a token response
// (RFC 6749 5.1) holds, or one token a line, however its lines were wrapped.
// selected is "" or one of Selects: the member that is wanted.
func Tokens(data []byte, selected string) ([]Found, error) {
	if len(data) > MaxInput {
		return nil, fmt.Errorf("%d bytes are too many (at most %d)", len(data), MaxInput)
	}
	text := data
	if plain, err := keys.Text(data); err == nil {
		text = plain // what a Windows shell redirected into a file is UTF-16
	}
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return nil, errors.New("there is no token in it: it is empty")
	case text[0] == '{':
		return fromResponse(text, selected)
	case text[0] == '[':
		return nil, errors.New("it is a JSON array, and of JSON only a token response is read")
	case bytes.HasPrefix(text, []byte("-----BEGIN ")):
		return nil, ErrPEM
	case selected != "":
		return nil, fmt.Errorf("it is no token response, so there is no %s to select", selected)
	case saml.IsSAML(data):
		// The bytes as they came: an assertion is never touched.
		return []Found{{Text: string(data)}}, nil
	case saml.IsSAML(text):
		return []Found{{Text: string(text)}}, nil
	}
	var tokens []Found
	for _, line := range unwrapped(strings.Split(string(text), "\n")) {
		tokens = append(tokens, Found{Text: line})
	}
	return tokens, nil
}

// bare takes off what people copy along with a token: quotes, and the start of
// an Authorization header.
func bare(line string) string {
	line = strings.Trim(strings.TrimSpace(line), `"'`)
	line = trimFold(line, "authorization:")
	for _, scheme := range []string{"bearer ", "dpop "} {
		line = trimFold(line, scheme)
	}
	return line
}

func trimFold(s, prefix string) string {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return strings.TrimSpace(s[len(prefix):])
	}
	return s
}

// fromResponse takes the selected token out of a token response, or all of them.
func fromResponse(text []byte, selected string) ([]Found, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		const readable = 10000 // encoding/json reads no deeper
		if jwt.Depth(text) > readable {
			return nil, fmt.Errorf("it is JSON nested deeper than %d levels, which no token response is", readable)
		}
		return nil, errors.New("it begins like JSON and is not valid JSON")
	}
	names := Selects()
	if selected != "" {
		names = []string{selected}
	}
	var tokens []Found
	for _, name := range names {
		var s string
		if json.Unmarshal(members[name], &s) == nil && strings.TrimSpace(s) != "" {
			tokens = append(tokens, Found{name, strings.TrimSpace(s)})
		}
	}
	if len(tokens) > 0 {
		return tokens, nil
	}
	var code string
	if json.Unmarshal(members["error"], &code) == nil && code != "" {
		return nil, fmt.Errorf("it is an error answer of the server (%.60s) and holds no token", shown.Whole(code))
	}
	return nil, fmt.Errorf("the JSON has no %s", strings.Join(names, ", no "))
}
