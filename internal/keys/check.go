package keys

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// maxRSABits keeps hostile keys from costing minutes of arithmetic.
const maxRSABits = 16384

func checkRSA(pub *rsa.PublicKey) error {
	switch bits := pub.N.BitLen(); {
	case bits > maxRSABits:
		return fmt.Errorf("the RSA key has %d bits, at most %d are read", bits, maxRSABits)
	case bits < 512 || pub.N.Bit(0) == 0 || pub.E < 3 || pub.E%2 == 0:
		return errors.New("the RSA key has a senseless modulus or exponent")
	}
	return nil
}

// checkCurve holds the point on one of the curves of RFC 7518 6.2.1.1.
func checkCurve(pub *ecdsa.PublicKey) error {
	switch name := pub.Curve.Params().Name; name {
	case "P-256", "P-384", "P-521":
	default:
		return fmt.Errorf("curve %s is not one of P-256, P-384, P-521", name)
	}
	if _, err := pub.ECDH(); err != nil {
		return errors.New("the public point is not on its curve")
	}
	return nil
}

// setECDSA takes a private key whose public half belongs to it.
func (k *Key) setECDSA(key *ecdsa.PrivateKey) error {
	if err := checkCurve(&key.PublicKey); err != nil {
		return err
	}
	errBad := errors.New("the private and the public half of the EC key do not belong together")
	size := (key.Curve.Params().BitSize + 7) / 8
	if key.D == nil || key.D.Sign() <= 0 || key.D.BitLen() > size*8 { //nolint:staticcheck // the JWK library fills D
		return errBad
	}
	again, err := ecdsa.ParseRawPrivateKey(key.Curve, key.D.FillBytes(make([]byte, size))) //nolint:staticcheck // as above
	if err != nil || !again.PublicKey.Equal(&key.PublicKey) {
		return errBad
	}
	k.Signer, k.Public = again, &again.PublicKey
	return nil
}

// attach makes cert the key's certificate if it certifies this very key.
func (k *Key) attach(cert *x509.Certificate) error {
	theirs, err := FromCertificate(cert)
	if err != nil || !Same(k, theirs) {
		return errors.New("the certificate is another key's")
	}
	k.Certificate = cert
	return nil
}

// AttachCertificate reads a certificate (PEM or DER, a chain's leaf) and makes
// it the key's own, for x5t and x5t#S256. A certificate of another key is an error.
func (k *Key) AttachCertificate(data []byte) error {
	loaded, err := Load(data, Options{})
	if err != nil {
		return fmt.Errorf("reading the certificate: %w", err)
	}
	if loaded.Certificate == nil {
		return errors.New("reading the certificate: there is a key in it and no certificate")
	}
	if err := k.attach(loaded.Certificate); err != nil {
		return err
	}
	k.Chain = loaded.Chain
	return nil
}
