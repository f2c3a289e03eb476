// Package jwt signs client assertions and DPoP proofs, and decodes and
// verifies what servers send. It is the only importer of golang-jwt.
package jwt

import (
	"fmt"

	gojwt "github.com/golang-jwt/jwt/v5"

	"authctl/internal/keys"
)

// Sign makes a compact JWS (RFC 7515 7.1) of the claims under the key and alg.
// header holds every member but alg; a typ that is absent stays absent. The
// key must fit alg; an oct key signs HS algorithms.
func Sign(key *keys.Key, alg string, header, claims map[string]any) (string, error) {
	method := gojwt.GetSigningMethod(alg)
	if method == nil || alg == "none" {
		return "", fmt.Errorf("unknown signature algorithm %q", alg)
	}
	t := &gojwt.Token{Method: method, Claims: gojwt.MapClaims(claims), Header: map[string]any{}}
	for name, value := range header {
		t.Header[name] = value
	}
	t.Header["alg"] = alg
	var signer any = key.Signer
	if key.Oct != nil {
		signer = key.Oct
	}
	return t.SignedString(signer)
}
