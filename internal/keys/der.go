package keys

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
)

// der reads one DER structure, or a PKCS#12 file, which is BER.
func (l *loader) der(data []byte) (*Key, error) {
	if isPKCS12(data) {
		return l.pkcs12(data)
	}
	if data[1] == 0x80 { // an indefinite length, so BER
		var err error
		if data, err = fromBER(data); err != nil {
			return nil, err
		}
	}
	parsers := []func([]byte) (*Key, error){
		parsePublic,
		parsePKCS8,
		parsePKCS1,
		parseSEC1,
		parsePKCS1Public,
	}
	for _, parse := range parsers {
		k, err := parse(data)
		var other *kindError
		if err == nil || errors.As(err, &other) {
			return k, err
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
	_, _, body, err := berHead(data)
	if err != nil {
		return false
	}
	tag, size, version, err := berHead(body)
	return err == nil && tag[0] == asn1.TagInteger && size == 1 && len(version) > 0 && version[0] == 3
}
