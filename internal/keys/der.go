package keys

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"

	"authctl/internal/secret"
)

// der reads one DER structure, or a PKCS#12 file, which is BER.
func (l *loader) der(data []byte) (*Key, error) {
	if isPKCS12(data) {
		return l.pkcs12(data)
	}
	parsers := []func([]byte) (any, error){
		x509.ParsePKIXPublicKey,
		x509.ParsePKCS8PrivateKey,
		func(d []byte) (any, error) { return x509.ParsePKCS1PrivateKey(d) },
		func(d []byte) (any, error) { return x509.ParseECPrivateKey(d) },
		func(d []byte) (any, error) { return x509.ParsePKCS1PublicKey(d) },
	}
	for _, parse := range parsers {
		if raw, err := parse(data); err == nil {
			return fromRaw(raw)
		}
	}
	if _, err := x509.ParseCertificate(data); err == nil {
		return certificate(data)
	}
	if _, err := x509.ParseCertificateRequest(data); err == nil {
		return nil, errRequest
	}
	if isEncrypted(data) {
		return l.encrypted(data)
	}
	return nil, errors.New("it looks like DER, and no key or certificate can be read from it: it is damaged, or its key is not " + kinds)
}

// isPKCS12: PFX ::= SEQUENCE { version INTEGER {v3(3)}, ... } (RFC 7292 4).
func isPKCS12(data []byte) bool {
	head := 2
	if data[1] > 0x80 {
		head += int(data[1] & 0x7F)
	}
	return len(data) > head+3 && data[head] == 2 && data[head+1] == 1 && data[head+2] == 3
}

// isEncrypted: EncryptedPrivateKeyInfo (RFC 5958 3).
func isEncrypted(data []byte) bool {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	rest, err := asn1.Unmarshal(data, &info)
	return err == nil && len(rest) == 0
}

// encrypted opens encrypted PKCS#8.
func (l *loader) encrypted(der []byte) (*Key, error) {
	if err := checkWork(der); err != nil {
		return nil, err
	}
	pass, err := l.passphrase()
	if err != nil {
		return nil, err
	}
	raw, _, err := pkcs8.ParsePrivateKey(der, []byte(pass.Reveal()))
	if err != nil {
		return nil, errors.New("the passphrase does not open the encrypted key")
	}
	return fromRaw(raw)
}

// pkcs12 opens a PKCS#12 file: a private key with its certificate, or
// certificates alone. Many such files have the empty passphrase.
func (l *loader) pkcs12(data []byte) (*Key, error) {
	if l.options.Passphrase == nil {
		return nil, ErrPassphrase
	}
	k, err := openPKCS12(data, "")
	if err == nil || !errors.Is(err, pkcs12.ErrIncorrectPassword) && !errors.Is(err, pkcs12.ErrDecryption) {
		return k, err
	}
	pass, err := l.passphrase()
	if err != nil {
		return nil, err
	}
	k, err = openPKCS12(data, pass.Reveal())
	if errors.Is(err, pkcs12.ErrIncorrectPassword) || errors.Is(err, pkcs12.ErrDecryption) {
		return nil, errors.New("the passphrase does not open the PKCS#12 file")
	}
	return k, err
}

func openPKCS12(data []byte, pass string) (*Key, error) {
	raw, cert, _, err := pkcs12.DecodeChain(data, pass)
	if err == nil {
		k, err := fromRaw(raw)
		if err != nil {
			return nil, err
		}
		return k, k.attach(cert)
	}
	if errors.Is(err, pkcs12.ErrIncorrectPassword) || errors.Is(err, pkcs12.ErrDecryption) {
		return nil, err
	}
	certs, trustErr := pkcs12.DecodeTrustStore(data, pass)
	if trustErr != nil {
		return nil, errors.New("the PKCS#12 file cannot be read: it is damaged, or of a form that is not supported")
	}
	var found []*Key
	for _, c := range certs {
		k, err := certificate(c.Raw)
		if err != nil {
			return nil, err
		}
		found = append(found, k)
	}
	if len(found) == 0 {
		return nil, errors.New("the PKCS#12 file holds no key and no certificate")
	}
	return one(found)
}

func (l *loader) passphrase() (secret.Text, error) {
	if l.options.Passphrase == nil {
		return secret.Text{}, ErrPassphrase
	}
	return l.options.Passphrase()
}
