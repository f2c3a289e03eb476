package keys

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"

	"authctl/internal/keys/pbe"
	"authctl/internal/secret"
)

// encryptedKey is EncryptedPrivateKeyInfo (RFC 5958 3).
type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

func isEncrypted(data []byte) bool {
	var info encryptedKey
	rest, err := asn1.Unmarshal(data, &info)
	return err == nil && len(rest) == 0
}

// encrypted opens encrypted PKCS#8.
func (l *loader) encrypted(der []byte) (*Key, error) {
	var info encryptedKey
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, errors.New("the encrypted key is damaged")
	}
	scheme, err := pbe.Parse(info.Algorithm, pbe.NewBudget())
	if err != nil {
		return nil, convertible(err, "pkcs8 -topk8 -v2 aes-256-cbc%s -in FILE -out NEW", " -provider legacy -provider default")
	}
	pass, err := l.passphrase()
	if err != nil {
		return nil, err
	}
	for _, p := range pbe.Passphrases(pass.Reveal()) {
		var plain []byte
		if plain, err = scheme.Open(p, info.Data); err != nil {
			continue
		}
		// One wrong passphrase in 256 leaves what could be padding, and nonsense before it.
		if isPKCS8(plain) {
			k, err := parsePKCS8(plain)
			if errors.Is(err, errUnread) {
				return nil, unread("the decrypted key")
			}
			return k, err
		}
		err = pbe.ErrPassphrase
	}
	if errors.Is(err, pbe.ErrPassphrase) {
		return nil, fmt.Errorf("the passphrase does not open the encrypted key (%s)", scheme.Name())
	}
	return nil, err
}

// convertible adds to a scheme that is not read the openssl command that
// writes one that is. Its two parts are what reads any scheme, and what it needs
// beside for those of old.
func convertible(err error, command, legacy string) error {
	var scheme *pbe.SchemeError
	switch {
	case errors.As(err, &scheme) && !scheme.OpenSSL:
		return fmt.Errorf("%w; where it was made, write it anew with aes-256-cbc", err)
	case errors.As(err, &scheme) && scheme.Legacy:
		return fmt.Errorf("%w; convert it with OpenSSL 3: openssl "+command, err, legacy)
	case errors.As(err, &scheme), errors.Is(err, pbe.ErrWork):
		return fmt.Errorf("%w; convert it: openssl "+command, err, "")
	default:
		return err
	}
}

// pkcs12 opens a PKCS#12 file: a private key with its certificate, a key
// alone, or certificates alone. Many such files have the empty passphrase.
func (l *loader) pkcs12(data []byte) (*Key, error) {
	bags, err := l.bags(data)
	if err != nil {
		return nil, err
	}
	return ofBags(bags)
}

// bags are the keys and certificates of a PKCS#12 file.
func (l *loader) bags(data []byte) ([]bag, error) {
	if l.options.Passphrase == nil {
		return nil, ErrPassphrase
	}
	convert := func(err error) error { return convertible(err, "pkcs12%s -aes256 -in FILE -out NEW.pem", " -legacy") }
	f, err := parsePKCS12(data)
	if err != nil {
		return nil, convert(err)
	}
	bags, err := f.try("")
	if errors.Is(err, pbe.ErrPassphrase) {
		var pass secret.Text
		if pass, err = l.passphrase(); err != nil {
			return nil, err
		}
		bags, err = f.try(pass.Reveal())
	}
	switch {
	case errors.Is(err, pbe.ErrPassphrase):
		return nil, errors.New("the passphrase does not open the PKCS#12 file")
	case err != nil:
		return nil, convert(err)
	}
	return bags, nil
}

func (f *pkcs12File) try(pass string) (bags []bag, err error) {
	for _, p := range pbe.Passphrases(pass) {
		if bags, err = f.open(p); !errors.Is(err, pbe.ErrPassphrase) {
			return bags, err
		}
	}
	return nil, err
}

// ofBags is the one key that a PKCS#12 file is about.
func ofBags(bags []bag) (*Key, error) {
	var c collected
	for _, b := range bags {
		if b.kind == certBag {
			c.certificate(b.body)
			continue
		}
		k, err := parsePKCS8(b.body)
		if errors.Is(err, errUnread) {
			return nil, unread("the key in the PKCS#12 file")
		}
		if err != nil {
			return nil, err
		}
		c.found = append(c.found, k)
	}
	if len(c.found) == 0 && c.unread == nil {
		return nil, errors.New("the PKCS#12 file holds no key and no certificate")
	}
	return c.one()
}

// collected are the keys and certificates of one file.
type collected struct {
	found  []*Key
	unread error // why a certificate could not be read
}

// certificate takes one more. What cannot be read of it does not cost the
// private key beside it: a negative serial number is enough.
func (c *collected) certificate(der []byte) {
	k, err := certificate(der)
	if err != nil {
		c.unread = err
		return
	}
	c.found = append(c.found, k)
}

// one is the key that is meant.
func (c *collected) one() (*Key, error) {
	k, err := one(c.found)
	// Without a private key it could be the unread certificate that is meant.
	if c.unread != nil && (len(c.found) == 0 || err == nil && k.Signer == nil) {
		return nil, c.unread
	}
	return k, err
}

func (l *loader) passphrase() (secret.Text, error) {
	if l.options.Passphrase == nil {
		return secret.Text{}, ErrPassphrase
	}
	return l.options.Passphrase()
}

// contentID is a content type of RFC 2315 14: 1 data, 2 signed, 6 encrypted.
func contentID(n int) asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, n}
}

// bagID is a bag type of RFC 7292 A: 1 a key, 2 an encrypted key, 3 a certificate.
func bagID(n int) asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, n}
}
