package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"strings"
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
	last := map[string]int{"CN": 3, "SERIALNUMBER": 5, "C": 6, "L": 7, "ST": 8, "O": 10, "OU": 11, "ORGANIZATIONIDENTIFIER": 97}
	slash := strings.HasPrefix(text, "/")
	parts := strings.Split(strings.TrimPrefix(text, "/"), map[bool]string{true: "/", false: ","}[slash])
	var name pkix.RDNSequence
	for _, part := range parts {
		kind, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		id := last[strings.ToUpper(kind)]
		if !ok || id == 0 || value == "" {
			return nil, fmt.Errorf("%q is no part of a subject such as CN=name,O=organisation,C=NO", part)
		}
		one := pkix.RelativeDistinguishedNameSET{{Type: asn1.ObjectIdentifier{2, 5, 4, id}, Value: value}}
		if slash {
			name = append(name, one)
		} else {
			name = append(pkix.RDNSequence{one}, name...)
		}
	}
	return name, nil
}
