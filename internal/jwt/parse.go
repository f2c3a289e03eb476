package jwt

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// MaxSize is the most bytes of a token that is looked at.
const MaxSize = 64 << 10

// Token is a compact JWS, taken apart. Only Verify says that it can be believed.
type Token struct {
	Header  Object
	Claims  Object // nil when the payload is no JSON object
	Payload []byte // the payload as it was signed
	KeyID   string // after Verify: the kid of the key that verified it, "" when that key has none

	// SignatureOK is set once the signature was found to be right, even if a claim then was not.
	SignatureOK bool

	signingInput string
	signature    []byte
	claimsErr    error
}

// ErrNotJWS is for text that is no compact JWS at all.
var ErrNotJWS = errors.New("not a signed JWT: that is three base64url parts with dots between them")

// Parse takes a compact JWS apart and verifies nothing.
func Parse(token string) (*Token, error) {
	if len(token) > MaxSize {
		return nil, fmt.Errorf("the token has %d bytes (at most %d)", len(token), MaxSize)
	}
	fields := strings.SplitN(token, ".", 4)
	if len(fields) != 3 {
		return nil, ErrNotJWS
	}
	t := &Token{signingInput: token[:len(fields[0])+1+len(fields[1])]}
	header, err := decode(fields[0])
	switch {
	case err != nil && strings.HasSuffix(fields[0], "="):
		return nil, notBase64URL("header", fields[0])
	case err != nil:
		return nil, ErrNotJWS
	}
	if t.Header, err = ParseObject(header); err != nil {
		return nil, fmt.Errorf("the token's header cannot be read: %w", err)
	}
	if t.Payload, err = decode(fields[1]); err != nil {
		return nil, notBase64URL("payload", fields[1])
	}
	if t.signature, err = decode(fields[2]); err != nil {
		return nil, notBase64URL("signature", fields[2])
	}
	t.Claims, t.claimsErr = ParseObject(t.Payload)
	return t, nil
}

// notBase64URL says what is wrong with one of the three parts.
func notBase64URL(part, text string) error {
	if strings.HasSuffix(text, "=") {
		return fmt.Errorf("the token's %s is padded with =, and base64url has no padding (RFC 7515 2)", part)
	}
	return fmt.Errorf("the token's %s is not base64url", part)
}

// Alg is the header's alg as the token claims it.
func (t *Token) Alg() string { return t.Header.String("alg") }

// KID is the header's kid as the token claims it.
func (t *Token) KID() string { return t.Header.String("kid") }

// decode reads base64url without padding (RFC 7515 2), and one text for one
// value: no line breaks, no stray bits at the end.
func decode(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, base64.CorruptInputError(0)
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
