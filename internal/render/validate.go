package render

import (
	"strings"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/shown"
	"authctl/internal/token"
)

// validateResult decides whether r may be printed at all. Its errors never quote
// a token or a header's value.
func validateResult(r Result, f Format) error {
	if err := validateCharacters("access token", r.Set.AccessToken, token.IsText); err != nil {
		return err
	}
	for _, h := range r.Headers {
		if err := ValidateHeader(h.Name, h.Value.Reveal()); err != nil {
			return err
		}
	}
	if r.Proof != "" && !token.IsB64Token(r.Proof) {
		return fault.New(fault.Internal, "the DPoP proof is not a JWT")
	}
	if !f.Authorizes {
		return nil
	}
	if err := validateFieldValue(r.Set.AccessToken); err != nil {
		return err
	}
	if f.unquoted {
		if err := validateUnquoted(r.Set.AccessToken, f.Name); err != nil {
			return err
		}
	}
	if f.BearerOnly != "" {
		if r.Scheme = "Bearer"; strings.EqualFold(r.Set.TokenType, "DPoP") {
			return fault.New(fault.Invalid, "%s sends every token as Bearer, and the server bound this one to a DPoP key", f.BearerOnly).
				Hint("authctl curl makes the proofs that go with it")
		}
	}
	return validateScheme(r.Set.TokenType, r.Scheme)
}

// validateCharacters refuses what valid says is no token of its kind: an access or
// refresh token is visible ASCII and blanks (RFC 6749 A.12, A.17; not every
// server keeps to RFC 6750's b64token), an id_token is a JWT.
func validateCharacters(what string, t secret.Text, valid func(string) bool) error {
	if t.IsZero() {
		return fault.New(fault.Invalid, "the server granted no %s", what)
	}
	if !valid(t.Reveal()) {
		return fault.New(fault.Invalid, "the %s has characters that no token has (RFC 6749 A.12) and is not printed", what).
			Hint("a token has neither line ends nor other control characters, and ASCII only: --verbose shows the exchange")
	}
	return nil
}

// validateFieldValue: a header's value neither begins nor ends with a blank (RFC 9110
// 5.5), and a token that does would arrive as another.
func validateFieldValue(access secret.Text) error {
	if t := access.Reveal(); t != strings.Trim(t, " ") {
		return fault.New(fault.Invalid, "the access token begins or ends with a blank and makes no header").
			Hint("-o token and -o json print it as it is")
	}
	return nil
}

// validateUnquoted is for formats without quotes, whose readers paste the token into
// shells (a .env file that is sourced, ${{ env.X }} in a workflow): beside
// b64token it may have only what means nothing to any of them.
func validateUnquoted(access secret.Text, format string) error {
	inert := strings.NewReplacer("!", "", ":", "", "@", "", "%", "", ",", "", "^", "", "=", "")
	if t := inert.Replace(access.Reveal()); t != "" && !token.IsB64Token(t) {
		return fault.New(fault.Invalid, "the access token has characters that mean something to a shell, and -o %s cannot quote them", format).
			Hint("use -o env or -o json")
	}
	return nil
}

// ValidateAuthorization is what every use of an access token as a header demands: a
// header can carry it, and its type fits the API's scheme. Errors are
// fault.Invalid, or fault.Config for a scheme that is none.
func ValidateAuthorization(access secret.Text, tokenType, scheme string) error {
	if err := validateCharacters("access token", access, token.IsText); err != nil {
		return err
	}
	if err := validateFieldValue(access); err != nil {
		return err
	}
	return validateScheme(tokenType, scheme)
}

// validateScheme refuses to send a token as something it is not: RFC 6749 7.1
// forbids using a token whose type is not understood, a DPoP-bound token is
// refused as Bearer (RFC 9449 7.1), and N_A (RFC 8693 2.2.1) is no access
// token. Comparisons are case-insensitive (RFC 6749 5.1). A server that names
// no type at all is taken to mean Bearer.
func validateScheme(tokenType, scheme string) error {
	if !IsHeaderName(scheme) {
		return fault.New(fault.Config, "api.scheme %q is no HTTP authentication scheme", scheme).
			Hint("api.scheme is one word such as Bearer or DPoP")
	}
	wantDPoP := strings.EqualFold(scheme, "DPoP")
	bearer := tokenType == "" || strings.EqualFold(tokenType, "Bearer")
	switch {
	case strings.EqualFold(tokenType, scheme), bearer && !wantDPoP:
		return nil
	case strings.EqualFold(tokenType, "N_A"):
		return fault.New(fault.Invalid, "the server says token_type N_A: this is no access token and makes no Authorization header").
			Hint("-o json and -o token print it as it is; check exchange.requested_token_type")
	case strings.EqualFold(tokenType, "DPoP"):
		return fault.New(fault.Invalid, "the server bound the token to a DPoP key, but api.scheme is %s", scheme).
			Hint("set api.scheme: DPoP in the profile, and dpop.enabled: true")
	case wantDPoP:
		return fault.New(fault.Invalid, "api.scheme is %s, but the server granted token_type %q", scheme, shown.Clean(tokenType)).
			Hint("set api.scheme: Bearer in the profile, or dpop.enabled: true if the server should bind the token")
	default:
		return fault.New(fault.Invalid, "token_type %q does not fit api.scheme %s", shown.Clean(tokenType), scheme).
			Hint("set api.scheme to what the API wants; -o json prints the token as it is")
	}
}

// ValidateHeader holds a header to RFC 9110 5.1 and 5.5, so that no value can
// begin a second header, a second request or a second line of output. The
// error is a fault.Config that names the header and never its value.
func ValidateHeader(name, value string) error {
	if !IsHeaderName(name) {
		return fault.New(fault.Config, "api.headers: %q is no header name (RFC 9110 5.1)", shown.Clean(name))
	}
	if strings.EqualFold(name, "Authorization") {
		return fault.New(fault.Config, "api.headers: Authorization is made from the token and cannot be set beside it").
			Hint("api.scheme spells its scheme")
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return fault.New(fault.Config, "api.headers: the value of %s has a control character", name).
				Hint("store it again without its line end: authctl secret set NAME")
		}
	}
	return nil
}

// IsHeaderName says whether s is a token (RFC 9110 5.6.2), as header names are.
func IsHeaderName(s string) bool {
	for i := range len(s) {
		c := s[i]
		alnum := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !alnum && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}
