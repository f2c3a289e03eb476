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
	signer, err := generate(alg, rand)
	if err != nil {
		return nil, fmt.Errorf("generating a key for %s: %w", alg, err)
	}
	return &Key{Signer: signer, Public: signer.Public()}, nil
}

func generate(alg string, rand io.Reader) (crypto.Signer, error) {
	switch alg {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return rsa.GenerateKey(rand, MinRSABits)
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
