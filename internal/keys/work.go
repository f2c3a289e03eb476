package keys

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
)

// errWork is for a key file that would keep a processor busy for hours, or
// take more memory than there is, before it says that the passphrase is wrong.
var errWork = errors.New("the encrypted key asks for more work than any that is meant to be opened; convert it: openssl pkcs8 -topk8 -in FILE -out NEW")

// What is accepted: more than ten times what is usual today, seconds of work.
const (
	maxIterations   = 10_000_000
	maxScryptBlocks = 1 << 23 // of 128 bytes: 1 GiB
	maxParallel     = 64
)

// checkWork looks at the key derivation of encrypted PKCS#8 with PBES2 (RFC
// 8018 A.4): PBKDF2 (A.2) or scrypt (RFC 7914 7). Whatever else there is, the
// decryption itself refuses.
func checkWork(der []byte) error {
	var info struct{ Algorithm pkix.AlgorithmIdentifier }
	var scheme struct{ KDF pkix.AlgorithmIdentifier }
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil //nolint:nilerr // as above
	}
	if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &scheme); err != nil {
		return nil //nolint:nilerr // as above
	}
	params := scheme.KDF.Parameters.FullBytes
	switch id := scheme.KDF.Algorithm; {
	case id.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}):
		var p struct {
			Salt       asn1.RawValue
			Iterations int64
		}
		if _, err := asn1.Unmarshal(params, &p); err == nil && p.Iterations > maxIterations {
			return errWork
		}
	case id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}):
		var p struct {
			Salt    asn1.RawValue
			N, R, P int64
		}
		if _, err := asn1.Unmarshal(params, &p); err == nil &&
			(p.N < 1 || p.R < 1 || p.P < 1 || p.R > maxScryptBlocks || p.N > maxScryptBlocks/p.R || p.P > maxParallel) {
			return errWork
		}
	}
	return nil
}
