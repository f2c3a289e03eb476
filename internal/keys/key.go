// Package keys loads the keys that clients register with authorization
// servers and computes their identifiers. It is the only importer of jwx/v2,
// which reads JWKs and computes RFC 7638 thumbprints; nothing is serialised
// through it (GHSA-4cf7-xm37-g63h lets a claim name inject JSON members there).
package keys

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
)

// Key is one key, private or public, and what its file said about it.
type Key struct {
	Signer      crypto.Signer       // nil for a public key
	Public      crypto.PublicKey    // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey; nil for oct
	Oct         []byte              // a symmetric JWK (kty oct), else nil
	Certificate *x509.Certificate   // the certificate the key came with, else nil
	Chain       []*x509.Certificate // of Certificate, itself first, as far as the file has it
	KID         string              // the JWK's own kid, else ""
	Alg         string              // the JWK's own alg, else ""
	Use         string              // the JWK's own use, else ""
	KeyOps      []string            // the JWK's own key_ops, else nil

	pss *pssOnly // an RSA key for PSS alone, else nil
}

// errNoPublic is for identifiers that only asymmetric keys have.
var errNoPublic = errors.New("a symmetric key has no public half")

// SPKI is the DER SubjectPublicKeyInfo of the public half.
func (k *Key) SPKI() ([]byte, error) {
	if k.Public == nil {
		return nil, errNoPublic
	}
	if pub, ok := k.Public.(*rsa.PublicKey); ok && k.pss != nil {
		return k.pss.spki(pub)
	}
	return x509.MarshalPKIXPublicKey(k.Public)
}

// SPKISHA256 is base64url(SHA-256(SubjectPublicKeyInfo)) without padding: the
// kid Keycloak derives for a registered certificate or public key.
func (k *Key) SPKISHA256() (string, error) {
	der, err := k.SPKI()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(der)
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}
