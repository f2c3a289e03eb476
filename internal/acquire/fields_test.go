package acquire

import (
	"context"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// sameSecret is every secret.
type sameSecret string

func (s sameSecret) Resolve(context.Context, string, secret.Ref) (secret.Text, error) {
	return secret.New(string(s)), nil
}

// What cannot stand in a header is a mistake of the profile, and is not sent.
func TestAHeaderIsOneLine(t *testing.T) {
	for name, c := range map[string]struct {
		value string
		ok    bool
	}{
		"one line": {"a b", true},
		"a tab":    {"a\tb", true},
		"CR LF":    {"CANARY\r\nX: y", false},
		"NUL":      {"CANARY\x00", false},
		"DEL":      {"CANARY\x7f", false},
	} {
		b := newFixture(t) // which fails for a request that it has no answer to
		if c.ok {
			b = newFixture(t, granted("a", ""))
		}
		b.Secrets = sameSecret(c.value)
		p := plain()
		p.Request.Headers = []profile.Field{{Name: "X-Key", Secret: &secret.Ref{Kind: secret.Env, Name: "KEY"}}}
		_, _, err := b.HeaderValue(t.Context(), p, "request.headers", p.Request.Headers[0])
		if c.ok != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (fault.KindOf(err) != fault.Config || strings.Contains(err.Error(), "CANARY")) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := b.Token(t.Context(), p, Options{}); c.ok != (err == nil) {
			t.Errorf("%s: Token: %v", name, err)
		}
	}
}
