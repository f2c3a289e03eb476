package profile

import (
	"fmt"
	"slices"
	"strings"
)

// Stores are the values of `store`.
func Stores() []string { return append([]string{"keyring", "file", "none"}, SharedStores()...) }

// SharedStores are those of them that many machines share.
func SharedStores() []string { return []string{"vault", "kubernetes"} }

// SignatureAlgs are the JWS algorithms of a key pair (RFC 7518 3.1, RFC 8037, RFC 9864).
func SignatureAlgs() []string {
	return []string{
		"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
	}
}

// MACAlgs are the JWS algorithms of a shared secret (RFC 7518 3.2).
func MACAlgs() []string { return []string{"HS256", "HS384", "HS512"} }

// KIDs are the words of assertion.kid; anything else is the kid itself.
func KIDs() []string {
	return []string{"jwk", "spki-sha256", "thumbprint", "x5t", "x5t#S256", "none"}
}

// Typs are the values of assertion.typ.
func Typs() []string { return []string{"JWT", "client-authentication+jwt", "none"} }

// Audiences are the words of assertion.audience; anything else is the audience itself.
func Audiences() []string { return []string{"issuer", "token_url"} }

// TokenSelects are the values of token.select: the member of the answer that is the token.
func TokenSelects() []string { return []string{"access_token", "id_token"} }

// TokenTypes are the short names of RFC 8693 3; any other type is a URI.
func TokenTypes() []string {
	return []string{"saml2", "saml1", "jwt", "access_token", "id_token", "refresh_token"}
}

// names are the words that a table's entries go by.
func names[T any](table []T, name func(T) string) []string {
	all := make([]string, 0, len(table))
	for _, entry := range table {
		all = append(all, name(entry))
	}
	return all
}

// notOneOf says that value is none of words, and which it probably was meant to be.
func notOneOf(value string, words []string) string {
	if near := Nearest(value, words); near != "" {
		return fmt.Sprintf("%q is unknown, did you mean %q?", value, near)
	}
	return fmt.Sprintf("%q is unknown, it is one of %s", value, strings.Join(words, ", "))
}

// lookalike is the word that a literal looks like but is not. Only long words are
// looked at: a literal such as "jwk1" may be meant.
func lookalike(value string, words []string) string {
	if slices.Contains(words, value) {
		return ""
	}
	for _, w := range words {
		if len(w) >= 6 && distance([]rune(fold(value)), []rune(fold(w))) <= 2 {
			return w
		}
	}
	return ""
}
