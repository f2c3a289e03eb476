package keys

import (
	"crypto"
	"crypto/sha1" //nolint:gosec // RFC 7515 4.1.7: x5t is SHA-1 by definition
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// errNoCertificate is for identifiers that only certificates have.
var errNoCertificate = errors.New("there is no certificate with this key, and x5t and x5c are of a certificate")

// Thumbprint is the RFC 7638 SHA-256 thumbprint of the key as a JWK, base64url
// without padding. A symmetric key has one too (RFC 7638 3.2), but it would
// let anyone test guesses of a weak secret (section 7), so it is refused.
func (k *Key) Thumbprint() (string, error) {
	if k.Public == nil {
		return "", errNoPublic
	}
	j, err := jwk.FromRaw(k.Public)
	if err != nil {
		return "", fmt.Errorf("computing the RFC 7638 thumbprint: %w", err)
	}
	sum, err := j.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("computing the RFC 7638 thumbprint: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// X5T is the SHA-1 thumbprint of the DER certificate, base64url without padding (RFC 7515 4.1.7).
func (k *Key) X5T() (string, error) {
	if k.Certificate == nil {
		return "", errNoCertificate
	}
	sum := sha1.Sum(k.Certificate.Raw) //nolint:gosec // as above
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// X5TS256 is the SHA-256 thumbprint of the DER certificate, base64url without padding (RFC 7515 4.1.8).
func (k *Key) X5TS256() (string, error) {
	if k.Certificate == nil {
		return "", errNoCertificate
	}
	sum := sha256.Sum256(k.Certificate.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// X5C is the certificate chain of the key (RFC 7515 4.1.6: base64, not base64url).
func (k *Key) X5C() ([]string, error) {
	if k.Certificate == nil {
		return nil, errNoCertificate
	}
	line := k.Chain
	if len(line) == 0 {
		line = []*x509.Certificate{k.Certificate}
	}
	text := make([]string, 0, len(line))
	for _, cert := range line {
		text = append(text, base64.StdEncoding.EncodeToString(cert.Raw))
	}
	return text, nil
}
