package endpoint

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"authctl/internal/secret"
	"authctl/internal/token"
)

// ErrNoTokenResponse is a 2xx answer that is no token response; its text says why, in one line.
var ErrNoTokenResponse = errors.New("the answer is not a token response")

// inVain is the 2xx answer a, which is no token response, and why not.
type inVain struct {
	a   Answer
	why error
}

func (e inVain) Error() string   { return fmt.Sprintf("%s: %s", ErrNoTokenResponse, e.why) }
func (e inVain) Unwrap() []error { return []error{ErrNoTokenResponse, e.why} }

// maxExtra is how much of an answer's other members is kept, in bytes.
const maxExtra = 16 << 10

// ParseToken reads a successful token response (RFC 6749 5.1). token_type "" is
// an answer that names none. asked is the requested scope, which an answer
// without scope grants (5.1).
func ParseToken(a Answer, asked string) (token.Set, error) {
	return parse(a, asked, "access_token")
}

// ParseIDToken is ParseToken where the id_token is the token, whatever else the
// answer has or lacks.
func ParseIDToken(a Answer, asked string) (token.Set, error) {
	return parse(a, asked, "id_token")
}

// parse reads the token from that member.
func parse(a Answer, asked, member string) (token.Set, error) {
	m, err := a.Members()
	if err != nil {
		return token.Set{}, inVain{a, err}
	}
	set := token.Set{ObtainedAt: a.At}
	if err := needed(m, member, &set); err != nil {
		return token.Set{}, inVain{a, err}
	}
	set.Scope, set.IssuedTokenType = m.Words("scope"), m.Text("issued_token_type")
	set.RefreshExpires, set.Extra = refreshExpires(m, a.At), secret.New(m.Rest(maxExtra, KnownMembers()))
	if lifetime, ok := m.Seconds("expires_in"); ok {
		set.ExpiresAt = a.At.Add(max(0, lifetime)) // none at all is known, and not unknown
	}
	if set.Scope == "" {
		set.Scope = asked
	}
	set.Missing = missing(set, asked)
	return set, nil
}

// needed reads what decides whether and how the tokens may be used. A type that
// cannot be read is no missing type, and of two tokens none is the right one.
func needed(m *Members, member string, set *token.Set) error {
	access, err := m.Need(member)
	if err != nil {
		return err
	}
	if m.Has("error") {
		return errors.New("it contradicts itself: it has an error beside its token")
	}
	if set.TokenType, err = m.Once("token_type"); err != nil {
		return err
	}
	set.AccessToken = secret.New(access)
	for _, name := range []string{"refresh_token", "id_token"} {
		if m.twice[name] {
			_, err := m.Need(name)
			return err
		}
	}
	refresh := m.literal("refresh_token")
	if refresh == "" {
		refresh = m.Text("refresh_token") // says what it is instead
	}
	set.RefreshToken, set.IDToken = secret.New(refresh), secret.New(m.Text("id_token"))
	return nil
}

// KnownMembers are the members of a token response that a token.Set has a
// place for, and those of an error; all others are its Extra.
func KnownMembers() []string {
	return append([]string{
		"access_token", "token_type", "expires_in", "refresh_token", "id_token", "scope", "issued_token_type",
		"error", "error_description", "error_uri",
	}, refreshLifetimes()...)
}

// refreshLifetimes are the spellings of how long a refresh token lives; all are extensions.
func refreshLifetimes() []string {
	return []string{"refresh_expires_in", "refresh_token_expires_in", "rt_expires_in"}
}

// refreshExpires is when the refresh token ends, zero for unknown. 0 seconds is
// how Keycloak says that an offline token does not end.
func refreshExpires(m *Members, at time.Time) time.Time {
	lifetime, ok := m.Seconds(refreshLifetimes()...)
	if !ok || lifetime <= 0 {
		return time.Time{}
	}
	return at.Add(lifetime)
}

// missing is what of asked was not granted (RFC 6749 3.3). openid and
// offline_access are granted with the tokens they ask for, named or not.
// Some servers write commas between the scopes, which a scope may hold as well.
func missing(set token.Set, asked string) string {
	granted := append(strings.Fields(set.Scope), strings.FieldsFunc(set.Scope, func(r rune) bool { return r == ',' || r == ' ' })...)
	if !set.IDToken.IsZero() {
		granted = append(granted, "openid")
	}
	if !set.RefreshToken.IsZero() {
		granted = append(granted, "offline_access")
	}
	return token.Without(asked, granted)
}
