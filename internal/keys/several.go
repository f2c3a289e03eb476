package keys

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"authctl/internal/shown"
)

// one finds the key that a file with several blocks is about: a private key,
// with its public half and certificate; else the leaf of a chain; else the one
// public key. Everything else is an error that lists what is there.
func one(found []*Key) (*Key, error) {
	var private, certs, plain []*Key
	for _, k := range found {
		switch {
		case k.Signer != nil:
			private = appendNew(private, k)
		case k.Certificate != nil:
			certs = appendNew(certs, k)
		default:
			plain = appendNew(plain, k)
		}
	}
	var key *Key
	switch {
	case len(private) == 1:
		key = private[0]
	case len(private) > 1:
		return nil, several(found)
	case len(certs) > 0:
		if key = leaf(certs); key == nil {
			return nil, several(found)
		}
	case len(plain) == 1:
		key = plain[0]
	default:
		return nil, several(found)
	}
	for _, k := range plain {
		if !Same(k, key) {
			return nil, several(found)
		}
	}
	key, err := withCertificate(key, certs, found)
	if err == nil && key.Certificate != nil {
		key.Chain = chain(key.Certificate, certs)
	}
	return key, err
}

// chain goes from the leaf to its issuer, and on, as far as certs has them.
func chain(leaf *x509.Certificate, certs []*Key) []*x509.Certificate {
	line := []*x509.Certificate{leaf}
	for range certs {
		last := line[len(line)-1]
		for _, c := range certs {
			if !c.Certificate.Equal(last) && issued(c.Certificate, last) {
				line = append(line, c.Certificate)
				break
			}
		}
	}
	return line
}

// withCertificate gives a private key the certificate beside it. A file whose
// certificates are all other keys' is more likely a mistake than a wish.
func withCertificate(key *Key, certs, found []*Key) (*Key, error) {
	if key.Signer == nil || len(certs) == 0 {
		return key, nil
	}
	for _, c := range certs {
		if Same(c, key) {
			key.Certificate = c.Certificate
			return key, nil
		}
	}
	return nil, several(found)
}

// leaf is the one certificate that issued no other, nil when there is not exactly one.
func leaf(certs []*Key) *Key {
	var found *Key
	for i, c := range certs {
		issuer := false
		for j, other := range certs {
			issuer = issuer || i != j && issued(c.Certificate, other.Certificate)
		}
		if issuer {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// issued is true when by signed child. An old hash that Go does not verify any
// more leaves the names to decide.
func issued(by, child *x509.Certificate) bool {
	if !bytes.Equal(by.RawSubject, child.RawIssuer) {
		return false
	}
	err := by.CheckSignature(child.SignatureAlgorithm, child.RawTBSCertificate, child.Signature)
	var insecure x509.InsecureAlgorithmError
	return err == nil || errors.As(err, &insecure)
}

func appendNew(list []*Key, k *Key) []*Key {
	for _, have := range list {
		if Same(have, k) && bytes.Equal(rawCert(have), rawCert(k)) {
			return list
		}
	}
	return append(list, k)
}

func rawCert(k *Key) []byte {
	if k.Certificate == nil {
		return nil
	}
	return k.Certificate.Raw
}

// Same is true for one key pair, halves or wholes. The numbers are compared: a
// certificate may say RSA where its key says RSA-PSS.
func Same(a, b *Key) bool {
	pub, ok := a.Public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && pub.Equal(b.Public)
}

// several lists the blocks of a file that does not say which key is meant.
func several(found []*Key) error {
	var names []string
	for i, k := range found {
		if i == 10 {
			names = append(names, "...")
			break
		}
		names = append(names, k.kind())
	}
	return fmt.Errorf("%d keys are in it, and it is not clear which is meant: %s", len(found), strings.Join(names, "; "))
}

func (k *Key) kind() string {
	switch {
	case k.Certificate != nil:
		return fmt.Sprintf("certificate of %s (%s)", shown.Clean(k.Certificate.Subject.String()), k.Describe())
	case k.Signer != nil:
		return "private key " + k.Describe()
	default:
		return "public key " + k.Describe()
	}
}
