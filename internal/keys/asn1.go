package keys

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

var errUnread = errors.New("not a key of this form")

// kindError is for a key that is whole and of a kind that cannot sign here.
type kindError struct{ kind string }

func (e *kindError) Error() string { return fmt.Sprintf("its key is %s, and not %s", e.kind, kinds) }

// privateKeyInfo is PrivateKeyInfo (RFC 5958 2); attributes may follow.
type privateKeyInfo struct {
	Version   int
	Algorithm pkix.AlgorithmIdentifier
	Key       []byte
}

func isPKCS8(der []byte) bool {
	var info privateKeyInfo
	_, err := asn1.Unmarshal(der, &info)
	return err == nil
}

// parsePKCS8 reads PrivateKeyInfo, and what crypto/x509 does not know of it:
// RSA keys for PSS alone, and curves that are spelt out.
func parsePKCS8(der []byte) (*Key, error) {
	if raw, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return fromRaw(raw)
	}
	var info privateKeyInfo
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, errUnread
	}
	switch {
	case isPSS(info.Algorithm):
		k, err := parsePKCS1(info.Key)
		if err != nil {
			return nil, err
		}
		return k, k.restrict(info.Algorithm)
	case isEC(info.Algorithm):
		return spelledOut(info.Key, info.Algorithm.Parameters.FullBytes)
	}
	return nil, otherKind(info.Algorithm.Algorithm)
}

// parsePublic reads SubjectPublicKeyInfo (RFC 5280 4.1.2.7) likewise.
func parsePublic(der []byte) (*Key, error) {
	if raw, err := x509.ParsePKIXPublicKey(der); err == nil {
		return fromRaw(raw)
	}
	var info publicKeyInfo
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return nil, errUnread
	}
	switch {
	case isPSS(info.Algorithm):
		k, err := parsePKCS1Public(info.Key.RightAlign())
		if err != nil {
			return nil, err
		}
		return k, k.restrict(info.Algorithm)
	case isEC(info.Algorithm):
		named, err := curveOf(info.Algorithm.Parameters.FullBytes)
		if err != nil {
			return nil, err
		}
		info.Algorithm.Parameters = asn1.RawValue{FullBytes: named}
		again, err := asn1.Marshal(info)
		if err != nil {
			return nil, errUnread
		}
		raw, err := x509.ParsePKIXPublicKey(again)
		if err != nil {
			return nil, errUnread
		}
		return fromRaw(raw)
	}
	return nil, otherKind(info.Algorithm.Algorithm)
}

type publicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
}

func parsePKCS1(der []byte) (*Key, error) {
	raw, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil {
		return nil, errUnread
	}
	return fromRaw(raw)
}

func parsePKCS1Public(der []byte) (*Key, error) {
	raw, err := x509.ParsePKCS1PublicKey(der)
	if err != nil {
		return nil, errUnread
	}
	return fromRaw(raw)
}

// otherKind names a kind of key that people have and that cannot sign here.
func otherKind(id asn1.ObjectIdentifier) error {
	for _, kind := range []struct {
		id   asn1.ObjectIdentifier
		name string
	}{
		{asn1.ObjectIdentifier{1, 3, 101, 110}, "X25519"},
		{asn1.ObjectIdentifier{1, 3, 101, 111}, "X448"},
		{asn1.ObjectIdentifier{1, 3, 101, 113}, "Ed448"},
		{asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, "DSA"},
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 3, 1}, "Diffie-Hellman"},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 17}, "ML-DSA-44"},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 18}, "ML-DSA-65"},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 19}, "ML-DSA-87"},
	} {
		if id.Equal(kind.id) {
			return &kindError{kind.name}
		}
	}
	return errUnread
}

// isPSS: id-RSASSA-PSS (RFC 8017 A.2.3).
func isPSS(id pkix.AlgorithmIdentifier) bool {
	return id.Algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10})
}

// isEC: id-ecPublicKey (RFC 5480 2.1.1).
func isEC(id pkix.AlgorithmIdentifier) bool {
	return id.Algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1})
}
