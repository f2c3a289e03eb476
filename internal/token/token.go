// Package token is what an authorization server granted: the token set, its
// types and its times. It knows no profile, no file and no network.
package token

import (
	"slices"
	"strings"
	"time"

	"authctl/internal/secret"
)

// Set is one granted token response (RFC 6749 5.1, RFC 8693 2.2.1, OpenID Connect Core 3.1.3.3).
type Set struct {
	AccessToken     secret.Text
	TokenType       string // as the server spelled it: Bearer, bearer, DPoP, N_A
	RefreshToken    secret.Text
	IDToken         secret.Text
	Scope           string // as granted; the asked scope where the answer named none
	IssuedTokenType string // RFC 8693 URI, else ""
	Missing         string // the asked scopes that were not granted, "" for none
	ObtainedAt      time.Time
	ExpiresAt       time.Time // zero: not said (Expiry); ObtainedAt: 0 seconds
	KeepUntil       time.Time // where ExpiresAt is zero: how long it is kept all the same; zero: not at all
	RefreshExpires  time.Time // zero: unknown
	// Extra are the other members of the answer, a JSON object, "" for none.
	Extra secret.Text
}

// Expiry is when the access token ends; said is false where the server gave no
// usable expires_in, which is another thing than one of 0 seconds (RFC 6749 5.1).
func (s Set) Expiry() (at time.Time, said bool) { return s.ExpiresAt, !s.ExpiresAt.IsZero() }

// UsableUntil is Expiry or, where none was said, how long the token is kept all
// the same; zero: not at all.
func (s Set) UsableUntil() time.Time {
	if end, said := s.Expiry(); said {
		return end
	}
	return s.KeepUntil
}

// FreshFor is true while more than minTTL remains at now. A set without a
// known expiry, and without a time until which it is kept all the same, is
// never fresh. Nor is one from the future: this machine's clock was set back,
// and its expiry means nothing.
func (s Set) FreshFor(minTTL time.Duration, now time.Time) bool {
	const steps = time.Minute // of clocks that are kept right
	if s.ObtainedAt.Sub(now) > steps {
		return false
	}
	end := s.UsableUntil()
	return !s.AccessToken.IsZero() && !end.IsZero() && end.Sub(now) > minTTL
}

// Without is the words of list, separated by blanks, that are not among words.
func Without(list string, words []string) string {
	left := strings.Fields(list)
	return strings.Join(slices.DeleteFunc(left, func(w string) bool { return slices.Contains(words, w) }), " ")
}

// IsB64Token is the RFC 6750 2.1 syntax of a bearer token, and that of a JWT.
func IsB64Token(s string) bool {
	body := strings.TrimRight(s, "=")
	if body == "" {
		return false
	}
	for i := range len(body) {
		c := body[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// IsText is the syntax of every token of RFC 6749 (appendix A.12 and A.17):
// visible ASCII and blanks. A file of another encoding, or several lines, is none.
func IsText(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return s != ""
}
