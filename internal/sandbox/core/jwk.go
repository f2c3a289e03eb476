package core

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
)

// PublicJWK reads a public JWK (RFC 7517) as it comes in a DPoP proof. A
// private or symmetric one is refused (RFC 9449 4.3).
func PublicJWK(jwk map[string]any) (crypto.PublicKey, error) {
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
		if _, has := jwk[private]; has {
			return nil, errors.New("the jwk holds a private key")
		}
	}
	switch str(jwk["kty"]) {
	case "EC":
		return ecJWK(jwk)
	case "RSA":
		n, e := number(jwk["n"]), number(jwk["e"])
		if n == nil || e == nil || !e.IsInt64() || n.BitLen() < 2048 {
			return nil, errors.New("not an RSA key of 2048 bits or more")
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
	case "OKP":
		x, err := base64.RawURLEncoding.DecodeString(str(jwk["x"]))
		if err != nil || str(jwk["crv"]) != "Ed25519" || len(x) != ed25519.PublicKeySize {
			return nil, errors.New("not an Ed25519 key")
		}
		return ed25519.PublicKey(x), nil
	}
	return nil, errors.New("unknown kty")
}

func ecJWK(jwk map[string]any) (crypto.PublicKey, error) {
	curve, ok := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[str(jwk["crv"])]
	if !ok {
		return nil, errors.New("unknown crv")
	}
	size := (curve.Params().BitSize + 7) / 8
	point := []byte{4} // SEC 1, 2.3.3: uncompressed
	for _, name := range []string{"x", "y"} {
		b, err := base64.RawURLEncoding.DecodeString(str(jwk[name]))
		if err != nil || len(b) != size { // RFC 7518 6.2.1.2: full length
			return nil, errors.New("wrong coordinates")
		}
		point = append(point, b...)
	}
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}

// JWKThumbprint is the RFC 7638 thumbprint of a public JWK.
func JWKThumbprint(jwk map[string]any) string {
	members := map[string][]string{"EC": {"crv", "kty", "x", "y"}, "RSA": {"e", "kty", "n"}, "OKP": {"crv", "kty", "x"}}
	required := map[string]string{}
	for _, name := range members[str(jwk["kty"])] {
		required[name] = str(jwk[name])
	}
	canonical, _ := json.Marshal(required) // a map of strings: its names come out sorted, as RFC 7638 3 wants
	sum := sha256.Sum256(canonical)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// PrivateJWK is a private EC or RSA key as a JWK, for the files that providers hand out.
func PrivateJWK(key crypto.Signer, kid, alg string) map[string]any {
	b64 := func(n *big.Int, size int) string {
		return base64.RawURLEncoding.EncodeToString(n.FillBytes(make([]byte, max(size, (n.BitLen()+7)/8))))
	}
	jwk := map[string]any{"kid": kid, "use": "sig", "alg": alg}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		p := k.Precomputed
		for name, n := range map[string]*big.Int{
			"n": k.N, "e": big.NewInt(int64(k.E)), "d": k.D, "p": k.Primes[0], "q": k.Primes[1], "dp": p.Dp, "dq": p.Dq, "qi": p.Qinv,
		} {
			jwk[name] = b64(n, 0)
		}
		jwk["kty"] = "RSA"
	case *ecdsa.PrivateKey:
		size := (k.Curve.Params().BitSize + 7) / 8
		d, err := k.Bytes()
		point, errPoint := k.PublicKey.Bytes()
		if err != nil || errPoint != nil {
			panic("sandbox: cannot encode an EC key")
		}
		jwk["kty"], jwk["crv"] = "EC", k.Curve.Params().Name
		jwk["x"] = base64.RawURLEncoding.EncodeToString(point[1 : 1+size])
		jwk["y"] = base64.RawURLEncoding.EncodeToString(point[1+size:])
		jwk["d"] = base64.RawURLEncoding.EncodeToString(d)
	default:
		panic("sandbox: no JWK for this kind of key")
	}
	return jwk
}

func number(v any) *big.Int {
	b, err := base64.RawURLEncoding.DecodeString(str(v))
	if err != nil || len(b) == 0 {
		return nil
	}
	return new(big.Int).SetBytes(b)
}
