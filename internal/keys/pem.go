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
	text = unfold(text)
	var c collected
	var others []string
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if isCertificate(block) {
			c.certificate(block.Bytes)
			continue
		}
		k, err := l.block(block)
		if err != nil {
			return nil, err
		}
		if k == nil {
			others = append(others, fmt.Sprintf("%.40q", block.Type))
			continue
		}
		c.found = append(c.found, k)
	}
	if bytes.Contains(text, []byte("-----BEGIN")) {
		return nil, errors.New("a PEM block in it is damaged or cut off")
	}
	if len(c.found) == 0 && c.unread == nil {
		return nil, fmt.Errorf("no key in it, only %s", strings.Join(others, ", "))
	}
	return c.one()
}

func isCertificate(b *pem.Block) bool { return b.Type == "CERTIFICATE" || b.Type == "X509 CERTIFICATE" }

// block reads one PEM block; nil for one that is no key and disturbs nobody.
func (l *loader) block(b *pem.Block) (*Key, error) {
	if b.Headers["DEK-Info"] != "" {
		return nil, errors.New("the key is encrypted in the old OpenSSL way; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW")
	}
	var parse func([]byte) (*Key, error)
	switch b.Type {
	case "PUBLIC KEY":
		parse = parsePublic
	case "RSA PUBLIC KEY":
		parse = parsePKCS1Public
	case "PRIVATE KEY":
		parse = parsePKCS8
	case "RSA PRIVATE KEY":
		parse = parsePKCS1
	case "EC PRIVATE KEY":
		parse = parseSEC1
	case "ENCRYPTED PRIVATE KEY":
		parse = l.encrypted
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return nil, errRequest
	case "OPENSSH PRIVATE KEY":
		return nil, openSSH(b.Bytes)
	default:
		return nil, nil //nolint:nilnil // "EC PARAMETERS" and the like stand beside keys
	}
	k, err := parse(b.Bytes)
	if errors.Is(err, errUnread) {
		return nil, unread("the " + b.Type + " block")
	}
	return k, err
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
	// crypto/x509 leaves a public key out that it does not know.
	k, err := parsePublic(cert.RawSubjectPublicKeyInfo)
	if errors.Is(err, errUnread) {
		return nil, unread("the certificate")
	}
	if err != nil {
		return nil, err
	}
	k.Certificate = cert
	return k, nil
}
