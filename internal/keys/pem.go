package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// pem reads PEM blocks (RFC 7468) with any text before, between and after them.
func (l *loader) pem(text []byte) (*Key, error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	var found []*Key
	var others []string
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		k, err := l.block(block)
		if err != nil {
			return nil, err
		}
		if k == nil {
			others = append(others, fmt.Sprintf("%.40q", block.Type))
			continue
		}
		found = append(found, k)
	}
	if bytes.Contains(text, []byte("-----BEGIN")) {
		return nil, errors.New("a PEM block in it is damaged or cut off")
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no key in it, only %s", strings.Join(others, ", "))
	}
	return one(found)
}

// block reads one PEM block; nil for one that is no key and disturbs nobody.
func (l *loader) block(b *pem.Block) (*Key, error) {
	if b.Headers["DEK-Info"] != "" {
		return nil, errors.New("the key is encrypted in the old OpenSSL way; convert it: openssl pkcs8 -topk8 -in FILE -out NEW")
	}
	var raw any
	var err error
	switch b.Type {
	case "PUBLIC KEY":
		raw, err = x509.ParsePKIXPublicKey(b.Bytes)
	case "RSA PUBLIC KEY":
		raw, err = x509.ParsePKCS1PublicKey(b.Bytes)
	case "CERTIFICATE", "X509 CERTIFICATE":
		return certificate(b.Bytes)
	case "PRIVATE KEY":
		raw, err = x509.ParsePKCS8PrivateKey(b.Bytes)
	case "RSA PRIVATE KEY":
		raw, err = x509.ParsePKCS1PrivateKey(b.Bytes)
	case "EC PRIVATE KEY":
		raw, err = x509.ParseECPrivateKey(b.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return l.encrypted(b.Bytes)
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return nil, errRequest
	case "OPENSSH PRIVATE KEY":
		return nil, errors.New("it is an OpenSSH key; convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY")
	default:
		return nil, nil //nolint:nilnil // "EC PARAMETERS" and the like stand beside keys
	}
	if err != nil {
		return nil, unread("the " + b.Type + " block")
	}
	return fromRaw(raw)
}

// kinds are what can sign here.
const kinds = "RSA, P-256, P-384, P-521 or Ed25519"

// unread is for what crypto/x509 refuses: it does not tell damage from a kind
// of key that it does not know.
func unread(what string) error {
	return fmt.Errorf("%s cannot be read: it is damaged, or its key is not %s", what, kinds)
}

// errRequest: a certificate request names a key that nobody certified yet.
var errRequest = errors.New("it is a certificate request (CSR); the certificate, the public key or the private key is needed")

func fromRaw(raw any) (*Key, error) {
	k := &Key{}
	if err := k.set(raw); err != nil {
		return nil, err
	}
	return k, nil
}

func certificate(der []byte) (*Key, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, unread("the certificate")
	}
	return FromCertificate(cert)
}

// FromCertificate is the public key of a certificate that was parsed already.
func FromCertificate(cert *x509.Certificate) (*Key, error) {
	k, err := fromRaw(cert.PublicKey)
	if err != nil {
		return nil, err
	}
	k.Certificate = cert
	return k, nil
}
