package keys

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"authctl/internal/secret"
)

// encryptedBy is encrypted PKCS#8 (RFC 5958 3) whose key derivation asks for params.
func encryptedBy(t *testing.T, kdf asn1.ObjectIdentifier, params any) []byte {
	t.Helper()
	algorithm := func(oid asn1.ObjectIdentifier, params any) pkix.AlgorithmIdentifier {
		der, err := asn1.Marshal(params)
		if err != nil {
			t.Fatal(err)
		}
		return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: der}}
	}
	der, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{algorithm(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, struct{ KDF, Cipher pkix.AlgorithmIdentifier }{
		algorithm(kdf, params), algorithm(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, make([]byte, 16)),
	}), make([]byte, 128)})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// A key file says how much work its passphrase is: it may ask for hours, or
// for more memory than there is.
func TestAKeyThatWouldTakeHoursIsRefused(t *testing.T) {
	type pbkdf2 struct {
		Salt       []byte
		Iterations int
	}
	type scrypt struct {
		Salt    []byte
		N, R, P int
	}
	scryptID, pbkdf2ID := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	salt := []byte("12345678")
	options := Options{Passphrase: func() (secret.Text, error) { return secret.New("x"), nil }}
	for name, der := range map[string][]byte{
		"iterations": encryptedBy(t, pbkdf2ID, pbkdf2{salt, 1 << 31}),
		"memory":     encryptedBy(t, scryptID, scrypt{salt, 1 << 40, 8, 1}),
		"blocks":     encryptedBy(t, scryptID, scrypt{salt, 1 << 14, 1 << 20, 1}),
		"parallel":   encryptedBy(t, scryptID, scrypt{salt, 1 << 14, 8, 1 << 20}),
		"negative":   encryptedBy(t, scryptID, scrypt{salt, 1 << 14, -8, 1}),
	} {
		for form, data := range map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})} {
			began := time.Now()
			if _, err := Load(data, options); err == nil || !strings.Contains(err.Error(), "work") {
				t.Errorf("%s %s: %v", name, form, err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s %s: took %v", name, form, took)
			}
		}
	}
	if _, err := Load(encryptedBy(t, pbkdf2ID, pbkdf2{salt, 600_000}), options); err == nil || strings.Contains(err.Error(), "work") {
		t.Error(err)
	}
}
