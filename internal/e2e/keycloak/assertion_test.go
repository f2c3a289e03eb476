//go:build e2e

package keycloak

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// assertion is a client assertion (RFC 7523) that a case may spoil before it is signed.
type assertion struct {
	alg            string
	key            *rsa.PrivateKey
	header, claims map[string]any
}

func newAssertion(s *server) *assertion {
	a := &assertion{
		alg: "RS256", key: s.key,
		header: map[string]any{"kid": s.kid},
		claims: map[string]any{"iss": s.client, "sub": s.client, "aud": s.issuer, "jti": rand.Text()},
	}
	a.starts(0)
	return a
}

// starts moves iat, nbf and exp (10 s later) by d from now.
func (a *assertion) starts(d time.Duration) {
	at := time.Now().Add(d)
	a.claims["iat"], a.claims["nbf"], a.claims["exp"] = at.Unix(), at.Unix(), at.Add(10*time.Second).Unix()
}

// lasts sets exp to d from now.
func (a *assertion) lasts(d time.Duration) { a.claims["exp"] = time.Now().Add(d).Unix() }

// sign makes the compact JWS; "none" leaves the signature empty.
func (a *assertion) sign() string {
	if a.alg == "none" {
		return segment(map[string]any{"alg": "none", "kid": a.header["kid"]}) + "." + segment(a.claims) + "."
	}
	key := &keys.Key{Signer: a.key, Public: a.key.Public()}
	if a.alg == "HS256" {
		// the classic confusion: the public key as an HMAC secret
		der, err := key.SPKI()
		if err != nil {
			panic(err)
		}
		key = &keys.Key{Oct: der}
	}
	jws, err := jwt.Sign(key, a.alg, a.header, a.claims)
	if err != nil {
		panic(err)
	}
	return jws
}

func segment(v map[string]any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}
