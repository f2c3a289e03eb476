// Package jwt signs client assertions and DPoP proofs, and decodes and
// verifies what servers send. It is the only importer of golang-jwt.
package jwt

import (
	"encoding/base64"
	"fmt"
	"maps"

	gojwt "github.com/golang-jwt/jwt/v5"

	"authctl/internal/keys"
)

// Sign makes a compact JWS (RFC 7515 7.1) of the claims under the key and alg.
// header holds every member but alg; a typ that is absent stays absent. The
// key must fit alg and be strong enough; an oct key signs HS algorithms.
func Sign(key *keys.Key, alg string, header, claims map[string]any) (string, error) {
	if err := key.CheckSigning(alg); err != nil {
		return "", err
	}
	method := methodOf(alg)
	if method == nil {
		return "", fmt.Errorf("unknown signature algorithm %q", alg)
	}
	if _, isEdDSA := method.(*gojwt.SigningMethodEd25519); key.HasProgram() && !isEdDSA {
		method = external{method}
	}
	// encoding/json writes a claim name with quotes or dots as exactly one member.
	full := maps.Clone(header)
	if full == nil {
		full = map[string]any{}
	}
	full["alg"] = alg
	t := &gojwt.Token{Method: method, Header: full, Claims: gojwt.MapClaims(claims)}
	signed, err := t.SignedString(signer(key))
	if err != nil {
		return "", fmt.Errorf("signing with %s: %w", alg, err)
	}
	return signed, nil
}

// methodOf is golang-jwt's implementation of alg, nil for one it does not have.
func methodOf(alg string) gojwt.SigningMethod {
	switch method := gojwt.GetSigningMethod(alg).(type) {
	case nil:
		if alg == "Ed25519" { // RFC 9864 2.2: EdDSA whose curve is in the name
			return gojwt.SigningMethodEdDSA
		}
		return nil
	case *gojwt.SigningMethodRSAPSS:
		exact := *method
		// RFC 7518 3.5: the salt is as long as the hash. golang-jwt takes any.
		exact.VerifyOptions = exact.Options
		return &exact
	default:
		return method
	}
}

// signer is the key as golang-jwt wants it.
func signer(key *keys.Key) any {
	if key.Signer == nil {
		return key.Oct
	}
	return key.Signer
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
