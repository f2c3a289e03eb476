package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Request is a certificate request (RFC 2986) of the key, in PEM. subject is as
// in CN=name,O=organisation,C=NO (RFC 4514), or /C=NO/O=organisation/CN=name.
func (k *Key) Request(subject string) ([]byte, error) {
	if k.Signer == nil {
		return nil, errPrivate
	}
	name, err := subjectOf(subject)
	if err != nil {
		return nil, err
	}
	raw, err := asn1.Marshal(name)
	if err != nil {
		return nil, fmt.Errorf("the subject %q: %w", subject, err)
	}
	spki, err := k.SPKI()
	if err != nil {
		return nil, err
	}
	alg, hash := k.requestAlg()
	info, err := asn1.Marshal(requestInfo{0, asn1.RawValue{FullBytes: raw}, asn1.RawValue{FullBytes: spki}, asn1.RawValue{FullBytes: []byte{0xA0, 0}}})
	if err != nil {
		return nil, err
	}
	signature, err := crypto.SignMessage(k.Signer, rand.Reader, info, hash)
	if err != nil {
		return nil, err
	}
	der, err := asn1.Marshal(request{asn1.RawValue{FullBytes: info}, alg, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), err
}

// request is a CertificationRequest, and requestInfo what of it is signed (RFC 2986 4), without attributes.
type request struct {
	Info      asn1.RawValue
	Alg       pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

type requestInfo struct {
	Version                  int
	Subject, Key, Attributes asn1.RawValue
}

// requestAlg is how the key signs a request: RFC 4055 5, RFC 5758 3.2, RFC 8410 3.
func (k *Key) requestAlg() (pkix.AlgorithmIdentifier, crypto.Hash) {
	ec := func(last int) pkix.AlgorithmIdentifier {
		return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, last}}
	}
	switch DefaultAlg(&Key{Public: k.Public}) {
	case "ES256":
		return ec(2), crypto.SHA256
	case "ES384":
		return ec(3), crypto.SHA384
	case "ES512":
		return ec(4), crypto.SHA512
	case "EdDSA":
		return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, 112}}, 0
	}
	return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue}, crypto.SHA256
}

// subjectOf reads a name with its most general part first, as it is encoded.
func subjectOf(text string) (pkix.RDNSequence, error) {
	// The last number of the identifier (X.520), and the most characters (RFC 5280 appendix A.1).
	attributes := map[string][2]int{
		"CN": {3, 64}, "SERIALNUMBER": {5, 64}, "C": {6, 2}, "L": {7, 128}, "ST": {8, 128}, "O": {10, 64}, "OU": {11, 64}, "ORGANIZATIONIDENTIFIER": {97, 64},
	}
	slash := strings.HasPrefix(text, "/")
	parts := strings.Split(strings.TrimPrefix(text, "/"), map[bool]string{true: "/", false: ","}[slash])
	var name pkix.RDNSequence
	for _, part := range parts {
		kind, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		kind = strings.ToUpper(kind)
		known := attributes[kind]
		switch length := utf8.RuneCountInString(value); {
		case !ok || known[0] == 0 || value == "" || strings.ContainsFunc(value, unicode.IsControl):
			return nil, fmt.Errorf("%q is no part of a subject such as CN=name,O=organisation,C=NO", part)
		case length > known[1] || kind == "C" && !country(value):
			return nil, fmt.Errorf("%q is too long, or no country of two letters", part)
		}
		one := pkix.RelativeDistinguishedNameSET{{Type: asn1.ObjectIdentifier{2, 5, 4, known[0]}, Value: value}}
		if slash {
			name = append(name, one)
		} else {
			name = append(pkix.RDNSequence{one}, name...)
		}
	}
	return name, nil
}

// country is true for two letters, which ISO 3166 gives each.
func country(text string) bool {
	return len(text) == 2 && strings.Trim(strings.ToUpper(text), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
