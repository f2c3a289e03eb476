package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"authctl/internal/secret"
	"authctl/internal/token"
)

// maxLifetime is the longest expires_in that makes sense: ten years, in seconds.
const maxLifetime = 10 * 366 * 24 * 3600

// ErrNoTokenResponse is a 2xx answer that is no token response; its text says why, in one line.
var ErrNoTokenResponse = errors.New("the answer is not a token response")

// ParseToken decodes a successful token response (RFC 6749 5.1). asked is the
// requested scope, which an answer without scope grants (5.1).
func ParseToken(body []byte, asked string, at time.Time) (token.Set, error) {
	members, err := object(body)
	if err != nil {
		return token.Set{}, fmt.Errorf("%w: %w", ErrNoTokenResponse, err)
	}
	p := parser{members: members}
	set := token.Set{
		AccessToken:     p.secret("access_token"),
		TokenType:       p.text("token_type"),
		RefreshToken:    p.secret("refresh_token"),
		IDToken:         p.secret("id_token"),
		Scope:           p.text("scope"),
		IssuedTokenType: p.text("issued_token_type"),
		ObtainedAt:      at,
		ExpiresAt:       p.expiry(at, "expires_in"),
		// Keycloak and SALUS spell the refresh token's lifetime differently; both are extensions.
		RefreshExpires: p.expiry(at, "refresh_expires_in", "refresh_token_expires_in", "rt_expires_in"),
	}
	switch {
	case p.err != nil:
		return token.Set{}, fmt.Errorf("%w: %w", ErrNoTokenResponse, p.err)
	case set.AccessToken.IsZero():
		return token.Set{}, fmt.Errorf("%w: it has no access_token", ErrNoTokenResponse)
	case set.TokenType == "":
		// token_type is REQUIRED (RFC 6749 5.1).
		return token.Set{}, fmt.Errorf("%w: it has no token_type", ErrNoTokenResponse)
	}
	if set.Scope == "" {
		set.Scope = asked
	}
	return set, nil
}

// object reads one JSON object and refuses duplicate members, which two
// readers may understand differently (RFC 8259 4).
func object(body []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	start, err := dec.Token()
	if err != nil || start != json.Delim('{') {
		return nil, fmt.Errorf("%s instead of a JSON object", describe(body))
	}
	members := map[string]json.RawMessage{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, errors.New("broken JSON")
		}
		key, _ := name.(string)
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("member %q twice", Clean(key))
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errors.New("broken JSON")
		}
		members[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errors.New("broken JSON")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("broken JSON") // something after the object
	}
	return members, nil
}

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

// parser reads members and keeps the first error.
type parser struct {
	members map[string]json.RawMessage
	err     error
}

func (p *parser) text(name string) string {
	raw, ok := p.members[name]
	if !ok || string(raw) == "null" {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		p.fail("%s is not a string", name)
	}
	return s
}

func (p *parser) secret(name string) secret.Text { return secret.New(p.text(name)) }

// expiry reads a lifetime in whole seconds. The first name present counts.
func (p *parser) expiry(at time.Time, names ...string) time.Time {
	for _, name := range names {
		raw, ok := p.members[name]
		if !ok {
			continue
		}
		var seconds float64
		if string(raw) == "null" || json.Unmarshal(raw, &seconds) != nil {
			p.fail("%s is not a number", name)
			return time.Time{}
		}
		// 0 is how Keycloak says that an offline refresh token does not expire,
		// and an access token of no lifetime is simply not kept.
		if seconds < 0 || seconds > maxLifetime || math.IsNaN(seconds) {
			p.fail("%s is %s", name, Clean(string(raw)))
			return time.Time{}
		}
		if seconds == 0 {
			return time.Time{}
		}
		return at.Add(time.Duration(seconds) * time.Second)
	}
	return time.Time{}
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}
