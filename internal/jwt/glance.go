package jwt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Glimpse is a compact JWS as somebody may have it at hand: padded, in the
// other base64 alphabet, its signature left out. It is for showing only; Verify
// reads the text again, as strictly as RFC 7515 has it.
type Glimpse struct {
	*Token
	// Notes says what RFC 7515 does not allow and did not hinder reading.
	Notes []string
	// Unverifiable says why no key can verify the token, "" when one might.
	Unverifiable string
}

// ReadHeader reads the part before the first dot. It is ErrNotJWS when that
// is no JSON object: such a text is no JWS and no JWE, whatever dots it has.
func ReadHeader(token string) (Object, error) {
	if len(token) > MaxSize {
		return nil, fmt.Errorf("the token has %d bytes (at most %d)", len(token), MaxSize)
	}
	first, _, _ := strings.Cut(token, ".")
	raw, _, err := lenient(first)
	if err != nil || !bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{")) {
		return nil, ErrNotJWS
	}
	if Depth(raw) <= maxDepth && !json.Valid(raw) {
		return nil, ErrNotJWS
	}
	o, err := ParseObject(raw)
	if err != nil {
		return nil, fmt.Errorf("the token's header cannot be read: %w", err)
	}
	return o, nil
}

// Glance takes a compact JWS apart as far as it can be shown. It is ErrNotJWS
// for text that is none, and another error for one whose payload is damaged.
func Glance(token string) (*Glimpse, error) {
	header, err := ReadHeader(token)
	if err != nil {
		return nil, err
	}
	first, rest, _ := strings.Cut(token, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok || strings.Contains(strings.ReplaceAll(signature, "...", ""), ".") {
		return nil, ErrNotJWS
	}
	g := &Glimpse{Token: &Token{Header: header, signingInput: first + "." + payload}}
	var odd string
	if g.Payload, odd, err = lenient(payload); err != nil {
		return nil, errors.New("the token's payload is not base64url")
	}
	g.Claims, g.claimsErr = ParseObject(g.Payload)
	if _, of, _ := lenient(first); of != "" {
		odd = of
	}
	var ofSignature string
	g.signature, ofSignature, err = lenient(signature)
	if err == nil && ofSignature != "" {
		odd = ofSignature
	}
	if odd != "" {
		g.Notes = append(g.Notes, odd+"; --verify refuses the token")
	}
	if g.Claims == nil && strings.HasPrefix(string(g.Payload), "{") {
		g.Notes = append(g.Notes, "the payload is no set of claims: "+g.claimsErr.Error())
	}
	g.Unverifiable = unverifiable(g.Alg(), signature, len(g.signature), err)
	return g, nil
}

// unverifiable tells a signature that was left out from one that may be right.
func unverifiable(alg, text string, size int, err error) string {
	switch {
	case strings.EqualFold(alg, "none"):
		return "" // there is nothing to leave out; verifying refuses it by name
	case text == "":
		return "the signature is missing"
	case err != nil:
		return "the signature was left out or is damaged: it is not base64url"
	case size < leastSignature(alg):
		return fmt.Sprintf("the signature was left out or cut: it has %d bytes, and %s makes at least %d", size, alg, leastSignature(alg))
	}
	return ""
}

// leastSignature is the fewest bytes that a signature of alg has (RFC 7518 3,
// RFC 8037 3.1), 0 for an alg that is not known. RSA's are as long as the key.
func leastSignature(alg string) int {
	switch alg {
	case "HS256":
		return 32
	case "HS384":
		return 48
	case "HS512", "ES256", "EdDSA", "Ed25519", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return 64
	case "ES384":
		return 96
	case "ES512":
		return 132
	}
	return 0
}

// Whole reports whether token is a compact JWS or JWE with nothing missing, as
// far as that can be told without a key.
func Whole(token string) bool {
	header, err := ReadHeader(token)
	switch {
	case err != nil:
		return false
	case header.Has("enc"):
		return strings.Count(token, ".") == 4 // RFC 7516 3.1
	}
	g, err := Glance(token)
	if err != nil || !header.Has("alg") || g.Unverifiable != "" {
		return false
	}
	// An RSA key is a whole number of 8 bytes long, and no longer than 2 KiB.
	rsa := strings.HasPrefix(g.Alg(), "RS") || strings.HasPrefix(g.Alg(), "PS")
	least, size := leastSignature(g.Alg()), len(g.signature)
	return least == 0 || size == least || rsa && size >= 128 && size%8 == 0 && size <= 2048
}

// lenient reads base64url, and says what about it was not as RFC 7515 2 has it.
func lenient(s string) (raw []byte, odd string, err error) {
	if raw, err = decode(s); err == nil {
		return raw, "", nil
	}
	if strings.ContainsAny(s, "\r\n") {
		return nil, "", err
	}
	switch bare := strings.TrimRight(s, "="); {
	case len(s)-len(bare) > 2:
		return nil, "", err
	case bare != s:
		s, odd = bare, "base64url has no padding, and the token is padded with = (RFC 7515 2)"
	case strings.ContainsAny(s, "+/"):
		odd = "base64url has - and _, and the token has + and / in their place (RFC 7515 2)"
	default:
		odd = "the token is no canonical base64url: bits are left over (RFC 4648 3.5)"
	}
	raw, err = base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(s))
	return raw, odd, err
}
