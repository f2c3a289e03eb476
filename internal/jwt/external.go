package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"

	gojwt "github.com/golang-jwt/jwt/v5"
)

// external signs RS, PS and ES algorithms with any crypto.Signer; of those
// golang-jwt takes the ones of crypto/rsa and crypto/ecdsa alone.
type external struct{ gojwt.SigningMethod }

// Sign makes the signature of RFC 7518 3.3 to 3.5.
func (e external) Sign(text string, key any) ([]byte, error) {
	signer, ok := key.(crypto.Signer)
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[e.Alg()[2:]]
	if !ok || !hash.Available() {
		return nil, errors.New("the key cannot sign it")
	}
	var opts crypto.SignerOpts = hash
	if strings.HasPrefix(e.Alg(), "PS") {
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	}
	sig, err := crypto.SignMessage(signer, nil, []byte(text), opts)
	if pub, ok := signer.Public().(*ecdsa.PublicKey); ok && err == nil {
		return fixed(sig, (pub.Curve.Params().BitSize+7)/8)
	}
	return sig, err
}

// fixed is r||s, each of size bytes (RFC 7518 3.4), of a DER signature.
func fixed(der []byte, size int) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, err
	}
	out := make([]byte, 2*size)
	sig.R.FillBytes(out[:size])
	sig.S.FillBytes(out[size:])
	return out, nil
}
