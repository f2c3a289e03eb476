package core

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha512" // SHA-384 and SHA-512 of RFC 7518 algorithms
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// JWS is a compact JWS with a JSON payload, parsed but not yet verified. It is
// written on the standard library alone, so that a mistake in authctl's
// signing cannot be repeated by the checker.
type JWS struct {
	Header map[string]any
	Claims map[string]any

	signed    string
	signature []byte
}

// ParseJWS splits and decodes; base64url must be unpadded and canonical (RFC 7515 2).
func ParseJWS(compact string) (*JWS, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, errors.New("a JWS has three parts")
	}
	j := &JWS{signed: parts[0] + "." + parts[1]}
	if err := decodePart(parts[0], &j.Header); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if err := decodePart(parts[1], &j.Claims); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	var err error
	if j.signature, err = base64.RawURLEncoding.Strict().DecodeString(parts[2]); err != nil {
		return nil, errors.New("the signature is not base64url")
	}
	return j, nil
}

func decodePart(part string, into *map[string]any) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return errors.New("not base64url without padding")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return errors.New("not a JSON object")
	}
	return nil
}

// Alg, Typ and Kid are header members, "" when absent or no string.
func (j *JWS) Alg() string { return str(j.Header["alg"]) }

// Typ is the typ header.
func (j *JWS) Typ() string { return str(j.Header["typ"]) }

// Kid is the kid header.
func (j *JWS) Kid() string { return str(j.Header["kid"]) }

// Text is a string claim, "" when absent or of another type.
func (j *JWS) Text(claim string) string { return str(j.Claims[claim]) }

// Time is a NumericDate claim in seconds; ok is false when absent or no number.
func (j *JWS) Time(claim string) (seconds int64, ok bool) {
	f, ok := j.Claims[claim].(float64)
	return int64(f), ok
}

// Audience is the aud claim; single is true for one string (not an array of one).
func (j *JWS) Audience() (values []string, single bool) {
	switch aud := j.Claims["aud"].(type) {
	case string:
		return []string{aud}, true
	case []any:
		for _, v := range aud {
			values = append(values, str(v))
		}
	}
	return values, false
}

// Verify checks the signature under the alg of the header, which must fit the key.
func (j *JWS) Verify(pub crypto.PublicKey) error {
	alg := j.Alg()
	if alg == "EdDSA" {
		return verifyEdDSA(pub, j.signed, j.signature)
	}
	if len(alg) != 5 {
		return fmt.Errorf("unknown alg %q", alg)
	}
	hash, ok := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[2:]]
	if !ok {
		return fmt.Errorf("unknown alg %q", alg)
	}
	h := hash.New()
	h.Write([]byte(j.signed))
	sum := h.Sum(nil)
	switch key := pub.(type) {
	case *rsa.PublicKey:
		switch alg[:2] {
		case "RS":
			return rsa.VerifyPKCS1v15(key, hash, sum, j.signature)
		case "PS": // RFC 7518 3.5: the salt is as long as the hash
			return rsa.VerifyPSS(key, hash, sum, j.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
	case *ecdsa.PublicKey:
		if alg[:2] == "ES" {
			return verifyES(key, alg, sum, j.signature)
		}
	}
	return fmt.Errorf("alg %q does not fit the key", alg)
}

// verifyES: R and S, each as long as the curve's order (RFC 7518 3.4).
func verifyES(key *ecdsa.PublicKey, alg string, sum, sig []byte) error {
	size := (key.Curve.Params().BitSize + 7) / 8
	want := map[string]int{"ES256": 256, "ES384": 384, "ES512": 521}[alg]
	if key.Curve.Params().BitSize != want || len(sig) != 2*size {
		return fmt.Errorf("alg %q does not fit the curve", alg)
	}
	if !ecdsa.Verify(key, sum, new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:])) {
		return errors.New("wrong signature")
	}
	return nil
}

func verifyEdDSA(pub crypto.PublicKey, signed string, sig []byte) error {
	key, ok := pub.(ed25519.PublicKey)
	if !ok {
		return errors.New("alg EdDSA does not fit the key")
	}
	if !ed25519.Verify(key, []byte(signed), sig) {
		return errors.New("wrong signature")
	}
	return nil
}

func str(v any) string {
	s, _ := v.(string)
	return s
}
