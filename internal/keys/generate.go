package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
)

// Generate makes a private key that fits alg, such as ES256 for DPoP. RSA
// keys get MinRSABits.
func Generate(alg string, rand io.Reader) (*Key, error) {
	return (&Key{}).Successor(alg, rand)
}

// Successor makes a key for alg that is to follow k: where both are RSA it is no
// shorter, and it has a kid where k has one.
func (k *Key) Successor(alg string, rand io.Reader) (*Key, error) {
	bits := MinRSABits
	if pub, ok := k.Public.(*rsa.PublicKey); ok {
		bits = max(bits, pub.N.BitLen())
	}
	signer, err := generate(alg, bits, rand)
	if err != nil {
		return nil, fmt.Errorf("generating a key for %s: %w", alg, err)
	}
	next := &Key{Signer: signer, Public: signer.Public()}
	if k.KID != "" {
		next.Alg, next.Use = alg, "sig"
		next.KID, err = next.Thumbprint()
	}
	return next, err
}

func generate(alg string, bits int, rand io.Reader) (crypto.Signer, error) {
	switch alg {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return rsa.GenerateKey(rand, bits)
	case "ES256":
		return ecdsa.GenerateKey(elliptic.P256(), rand)
	case "ES384":
		return ecdsa.GenerateKey(elliptic.P384(), rand)
	case "ES512":
		return ecdsa.GenerateKey(elliptic.P521(), rand)
	case "EdDSA", "Ed25519":
		_, key, err := ed25519.GenerateKey(rand)
		return key, err
	default:
		return nil, errors.New("not an asymmetric signature algorithm")
	}
}
