package keys

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// pssOnly is what a key says that is for RSASSA-PSS and nothing else (RFC 4055 1.2).
type pssOnly struct {
	algorithm pkix.AlgorithmIdentifier // as it is in its SubjectPublicKeyInfo
	algs      []string
}

// restrict makes k a key for PSS. Parameters tie it to one hash (RFC 4055 3.1).
func (k *Key) restrict(id pkix.AlgorithmIdentifier) error {
	all := []string{"PS256", "PS384", "PS512"}
	k.pss = &pssOnly{id, all}
	if len(id.Parameters.FullBytes) == 0 || id.Parameters.Tag == asn1.TagNull {
		return nil
	}
	var p struct {
		Hash pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:0"`
		MGF  asn1.RawValue            `asn1:"optional,explicit,tag:1"`
		Salt int                      `asn1:"optional,explicit,tag:2,default:20"`
	}
	if _, err := asn1.Unmarshal(id.Parameters.FullBytes, &p); err != nil {
		return errUnread
	}
	for i, alg := range all {
		if p.Hash.Algorithm.Equal(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, i + 1}) {
			k.pss.algs = []string{alg}
			return nil
		}
	}
	return &kindError{"RSA-PSS with a hash that no JWS algorithm has"}
}

// spki is the SubjectPublicKeyInfo that says so.
func (p *pssOnly) spki(pub *rsa.PublicKey) ([]byte, error) {
	der := x509.MarshalPKCS1PublicKey(pub)
	return asn1.Marshal(publicKeyInfo{p.algorithm, asn1.BitString{Bytes: der, BitLength: 8 * len(der)}})
}
