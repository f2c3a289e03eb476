package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"slices"
)

// MinRSABits is the least RSA modulus for the RS and PS algorithms (RFC 7518 3.3, 3.5).
const MinRSABits = 2048

// Algs lists the JWS algorithms this key can be used with by its type (RFC
// 7518 3.1, RFC 8037 3.1, RFC 9864 2.2), the default one first. It is empty for a key of an
// unknown type.
func (k *Key) Algs() []string {
	switch pub := k.Public.(type) {
	case *rsa.PublicKey:
		if k.pss != nil {
			return k.pss.algs
		}
		return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case *ecdsa.PublicKey:
		// RFC 7518 3.4 ties each algorithm to one curve.
		switch pub.Curve.Params().BitSize {
		case 256:
			return []string{"ES256"}
		case 384:
			return []string{"ES384"}
		case 521:
			return []string{"ES512"}
		}
	case ed25519.PublicKey:
		return []string{"EdDSA", "Ed25519"}
	}
	if len(k.Oct) > 0 {
		return []string{"HS256", "HS384", "HS512"}
	}
	return nil
}

// Fits reports whether a JWS under alg may be checked with this key.
func (k *Key) Fits(alg string) bool { return k.CheckVerifying(alg) == nil }

// CheckVerifying tells why a JWS under alg must not be checked with this key,
// or nil: alg belongs to the key's type, and where the JWK names an alg, a use
// or operations of its own, they agree (RFC 7517 4.2 to 4.4).
func (k *Key) CheckVerifying(alg string) error {
	switch {
	case !slices.Contains(k.Algs(), alg):
		return fmt.Errorf("%.20s does not fit %s", alg, article(k.Describe()))
	case k.Alg != "" && !SameAlg(k.Alg, alg):
		return fmt.Errorf("the key says alg %.20s", k.Alg)
	case k.Signer != nil: // whose public half verifies what it signs
		return k.checkUse("sign", "verify")
	}
	return k.checkUse("verify")
}

// SameAlg compares names of JWS algorithms: EdDSA is Ed25519 here, because a
// key of another curve has no place in a Key (RFC 9864 2.2).
func SameAlg(a, b string) bool {
	isEdDSA := func(alg string) bool { return alg == "EdDSA" || alg == "Ed25519" }
	return a == b || isEdDSA(a) && isEdDSA(b)
}

// checkUse holds the key to its use and its key_ops, where it has any.
func (k *Key) checkUse(ops ...string) error {
	if k.Use != "" && k.Use != "sig" {
		return fmt.Errorf("the key says use %.20q, and signatures need sig", k.Use)
	}
	if len(k.KeyOps) > 0 && !slices.ContainsFunc(ops, func(op string) bool { return slices.Contains(k.KeyOps, op) }) {
		return fmt.Errorf("the key says key_ops %.80q, without %s", k.KeyOps, ops[len(ops)-1])
	}
	return nil
}

// DefaultAlg is the algorithm to sign with when nobody chose one: the JWK's
// own, else RS256, ES256/384/512 by the curve, EdDSA or HS256; "" when the key
// cannot sign.
func DefaultAlg(k *Key) string {
	algs := k.Algs()
	if slices.Contains(algs, k.Alg) {
		return k.Alg
	}
	if len(algs) == 0 {
		return ""
	}
	return algs[0]
}

// CheckSigning tells why this key must not sign with alg, or nil.
func (k *Key) CheckSigning(alg string) error {
	if k.Signer == nil && len(k.Oct) == 0 {
		return fmt.Errorf("this is the public half of %s, and signing needs the private key", article(k.Describe()))
	}
	// The JWK's own alg is only a default here: registration portals issue keys
	// with no alg or another than the server then asks for.
	if !slices.Contains(k.Algs(), alg) {
		return fmt.Errorf("%s does not fit %s", alg, article(k.Describe()))
	}
	if err := k.checkUse("sign"); err != nil {
		return err
	}
	return k.CheckStrength()
}

// CheckSecret refuses a symmetric key that is shorter than the hash of alg
// (RFC 7518 3.2): what it signs can be guessed.
func (k *Key) CheckSecret(alg string) error {
	need := map[string]int{"HS256": 256, "HS384": 384, "HS512": 512}[alg]
	if bits := 8 * len(k.Oct); bits < need {
		return fmt.Errorf("the secret has %d bits, and RFC 7518 3.2 asks %s for %d or more", bits, alg, need)
	}
	return nil
}

// CheckStrength refuses RSA keys below MinRSABits.
func (k *Key) CheckStrength() error {
	if pub, ok := k.Public.(*rsa.PublicKey); ok && pub.N.BitLen() < MinRSABits {
		return fmt.Errorf("the RSA key has %d bits, and RFC 7518 3.3 asks for %d or more", pub.N.BitLen(), MinRSABits)
	}
	return nil
}

// Describe names the key's type and size for a person: "RSA 2048", "P-256", "Ed25519", "oct 256".
func (k *Key) Describe() string {
	switch pub := k.Public.(type) {
	case *rsa.PublicKey:
		if k.pss != nil {
			return fmt.Sprintf("RSA-PSS %d", pub.N.BitLen())
		}
		return fmt.Sprintf("RSA %d", pub.N.BitLen())
	case *ecdsa.PublicKey:
		return pub.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	if k.Oct != nil {
		return fmt.Sprintf("oct %d", len(k.Oct)*8)
	}
	return "unknown"
}

func article(name string) string {
	if name[0] == 'R' || name[0] == 'E' || name[0] == 'o' {
		return "an " + name + " key"
	}
	return "a " + name + " key"
}
