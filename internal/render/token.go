package render

import (
	"bytes"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// writeToken prints one token and a newline.
func writeToken(b *bytes.Buffer, r Result, o Options) error {
	t, err := selected(r, o)
	if err != nil {
		return err
	}
	b.WriteString(t.Reveal())
	b.WriteByte('\n')
	return nil
}

func selected(r Result, o Options) (secret.Text, error) {
	switch o.Select {
	case "", selectAccess:
		return r.Set.AccessToken, nil
	case selectID:
		return r.Set.IDToken, validateGranted("id token", r.Set.IDToken, token.IsB64Token, "add openid to scopes: an id token is granted for it (OpenID Connect Core 3.1.2.1)")
	case selectRefresh:
		return r.Set.RefreshToken, validateGranted("refresh token", r.Set.RefreshToken, token.IsText, "most servers want offline_access in scopes, and none grants one for client_credentials (RFC 6749 4.4.3)")
	default:
		return extra(r.Set, o.Select)
	}
}

func validateGranted(what string, t secret.Text, valid func(string) bool, hint string) error {
	if t.IsZero() {
		return fault.New(fault.Invalid, "the server granted no %s", what).Hint("%s", hint)
	}
	return validateCharacters(what, t, valid)
}
