package pbe

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 7292 A: the usual MAC of old files
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"hash"
)

// MAC is the MAC of a PKCS#12 file, its parameters found to be sound.
type MAC struct {
	sum    []byte
	hash   func() hash.Hash
	derive func(p Passphrase) ([]byte, error)
}

// ParseMAC reads MacData (RFC 7292 4): algorithm and sum of its DigestInfo,
// salt and iterations, which PBMAC1 (RFC 9579) keeps in the algorithm instead.
// Errors are those of Parse.
func ParseMAC(id pkix.AlgorithmIdentifier, sum, salt []byte, iterations int, b *Budget) (*MAC, error) {
	if id.Algorithm.Equal(oid(pkcs5 + "14")) {
		return parsePBMAC1(id.Parameters.FullBytes, sum, b)
	}
	for at, newHash := range map[string]func() hash.Hash{
		"1.3.14.3.2.26":  sha1.New,
		nistHashes + "1": sha256.New,
		nistHashes + "2": sha512.New384,
		nistHashes + "3": sha512.New,
		nistHashes + "4": sha256.New224,
		nistHashes + "5": sha512.New512_224,
		nistHashes + "6": sha512.New512_256,
	} {
		if !id.Algorithm.Equal(oid(at)) {
			continue
		}
		if iterations < 1 {
			return nil, damaged("a MAC of PKCS#12", "its iterations make no sense")
		}
		if err := b.spend(iterations); err != nil {
			return nil, err
		}
		return &MAC{sum, newHash, func(p Passphrase) ([]byte, error) {
			return pkcs12KDF(newHash, 3, p.bmp, salt, iterations, newHash().Size()), nil
		}}, nil
	}
	// What stands beside such a MAC is most often of its time, hence Legacy.
	return nil, &SchemeError{Scheme: "a MAC by " + hashName(id.Algorithm), OpenSSL: true, Legacy: true}
}

func parsePBMAC1(params, sum []byte, b *Budget) (*MAC, error) {
	var p struct{ KDF, MAC pkix.AlgorithmIdentifier }
	if !decode(params, &p) || !p.KDF.Algorithm.Equal(oid(pkcs5+"12")) {
		return nil, damaged("PBMAC1", "its parameters cannot be read")
	}
	mac, err := prfOf(p.MAC.Algorithm)
	if err != nil {
		return nil, err
	}
	// RFC 9579 5: the key is as long as the hash; a shorter one could be guessed.
	kdf, err := parsePBKDF2(p.KDF.Parameters.FullBytes, mac.hash().Size(), b)
	if err != nil {
		return nil, err
	}
	return &MAC{sum, mac.hash, func(p Passphrase) ([]byte, error) { return kdf.derive(p.text) }}, nil
}

// Check is nil when the MAC over data was made with this passphrase, else ErrPassphrase.
func (m *MAC) Check(p Passphrase, data []byte) error {
	key, err := m.derive(p)
	if err != nil {
		return damaged("a MAC of PKCS#12", "its key cannot be derived")
	}
	h := hmac.New(m.hash, key)
	_, _ = h.Write(data)
	if !hmac.Equal(h.Sum(nil), m.sum) {
		return ErrPassphrase
	}
	return nil
}
