package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
)

// JWK is a public key as RFC 7517 JSON. It has no member for private parts,
// so that no mistake can print one.
type JWK struct {
	Kty string `json:"kty"`
	Crv string `json:"crv,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
	N   string `json:"n,omitempty"`
	E   string `json:"e,omitempty"`
	Kid string `json:"kid,omitempty"`
	Use string `json:"use,omitempty"`
	Alg string `json:"alg,omitempty"`
}

// PublicJWK is the public half with its type's members alone: no kid, use or
// alg. That is what RFC 9449 4.2 wants in a DPoP proof.
func (k *Key) PublicJWK() (JWK, error) {
	switch pub := k.Public.(type) {
	case *rsa.PublicKey:
		return JWK{Kty: "RSA", N: b64(pub.N.Bytes()), E: b64(big.NewInt(int64(pub.E)).Bytes())}, nil
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		if err != nil {
			return JWK{}, fmt.Errorf("writing the key as a JWK: %w", err)
		}
		// The uncompressed point is 04 || X || Y, each as long as the curve
		// (RFC 7518 6.2.1.2 wants exactly that length).
		half := (len(point) - 1) / 2
		return JWK{Kty: "EC", Crv: pub.Curve.Params().Name, X: b64(point[1 : 1+half]), Y: b64(point[1+half:])}, nil
	case ed25519.PublicKey:
		return JWK{Kty: "OKP", Crv: "Ed25519", X: b64(pub)}, nil
	}
	return JWK{}, errNoPublic
}

// PublicPEM is the public half as a PUBLIC KEY block (RFC 7468 13), newline at its end.
func (k *Key) PublicPEM() ([]byte, error) {
	der, err := k.SPKI()
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// PKCS8 is the private key as DER PKCS#8 (RFC 5958), to be kept sealed.
func (k *Key) PKCS8() ([]byte, error) {
	if k.Signer == nil {
		return nil, errors.New("there is no private key to write")
	}
	return x509.MarshalPKCS8PrivateKey(k.Signer)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
