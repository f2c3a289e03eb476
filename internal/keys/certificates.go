package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// maxBundle is the most bytes of a file of certificates: the authorities that
// a system trusts are some 200 KiB of PEM.
const maxBundle = 1 << 20

var errNoCertificates = errors.New("no certificate in it: neither PEM, DER nor PKCS#12")

// Certificates reads the certificates in data, in their order: PEM, which may
// be UTF-16 or have a byte-order mark, DER, or PKCS#12. Other PEM blocks, and
// certificates that cannot be read beside some that can, are passed over.
func Certificates(data []byte, o Options) ([]*x509.Certificate, error) {
	if len(data) > maxBundle {
		return nil, fmt.Errorf("%d bytes are too many for a file of certificates (at most %d)", len(data), maxBundle)
	}
	if err := foreign(data); err != nil {
		return nil, err
	}
	if isDER(data) {
		return derCertificates(data, o)
	}
	text, err := utf8Text(data)
	if err != nil {
		return nil, errNoCertificates
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	if err := foreign(bytes.TrimSpace(text)); err != nil {
		return nil, err
	}
	var c collectedCertificates
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return c.all()
		}
		if block.Type == "CERTIFICATE" || block.Type == "X509 CERTIFICATE" {
			c.add(block.Bytes)
		}
	}
}

func derCertificates(data []byte, o Options) ([]*x509.Certificate, error) {
	if !isPKCS12(data) {
		found, err := x509.ParseCertificates(data)
		if err != nil || len(found) == 0 {
			return nil, errNoCertificates
		}
		return found, nil
	}
	bags, err := (&loader{options: o}).bags(data)
	if err != nil {
		return nil, err
	}
	var c collectedCertificates
	for _, b := range bags {
		if b.kind == certBag {
			c.add(b.body)
		}
	}
	return c.all()
}

// collectedCertificates are those of one file, but for what cannot be read.
type collectedCertificates struct {
	found  []*x509.Certificate
	unread error
}

func (c *collectedCertificates) add(der []byte) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		c.unread = unread("the certificate")
		return
	}
	c.found = append(c.found, cert)
}

func (c *collectedCertificates) all() ([]*x509.Certificate, error) {
	switch {
	case len(c.found) > 0:
		return c.found, nil
	case c.unread != nil:
		return nil, c.unread
	default:
		return nil, errNoCertificates
	}
}
