package core

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net/http"
	"sync"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// Signer is the signing key of one issuer, an RSA key made on first use.
type Signer struct {
	Alg  string // RS256, PS256, ...
	make func() made
}

type made struct {
	key *rsa.PrivateKey
	kid string
}

// NewSigner promises a key for alg.
func NewSigner(alg string) *Signer {
	return &Signer{Alg: alg, make: sync.OnceValue(func() made {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic("sandbox: no signing key: " + err.Error())
		}
		sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&key.PublicKey))
		return made{key, base64.RawURLEncoding.EncodeToString(sum[:])}
	})}
}

// Sign makes a JWT of that typ.
func (s *Signer) Sign(typ string, claims map[string]any) string {
	m := s.make()
	token, err := jwt.Sign(&keys.Key{Signer: m.key, Public: m.key.Public()}, s.Alg, map[string]any{"typ": typ, "kid": m.kid}, claims)
	if err != nil {
		panic("sandbox: cannot sign: " + err.Error())
	}
	return token
}

// Kid names the key.
func (s *Signer) Kid() string { return s.make().kid }

// JWKS is the issuer's key set (RFC 7517 5).
func (s *Signer) JWKS() map[string]any {
	m := s.make()
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": s.Alg, "kid": m.kid,
		"n": base64.RawURLEncoding.EncodeToString(m.key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(m.key.E)).Bytes()),
	}}}
}

// ServeHTTP answers with the key set.
func (s *Signer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	WriteJSON(w, http.StatusOK, s.JWKS())
}

// Verifies is true for a JWS that this key signed under its alg.
func (s *Signer) Verifies(j *JWS) bool {
	return j.Alg() == s.Alg && j.Verify(s.make().key.Public()) == nil
}
