package keys

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"authctl/internal/keys/pbe"
	"authctl/internal/secret"
)

// encryptedBy is encrypted PKCS#8 (RFC 5958 3) whose key derivation asks for params.
func encryptedBy(t *testing.T, kdf asn1.ObjectIdentifier, params any) []byte {
	t.Helper()
	return sealedBy(t, algorithm(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, struct{ KDF, Cipher pkix.AlgorithmIdentifier }{
		algorithm(t, kdf, params), algorithm(t, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, make([]byte, 16)),
	}), 128)
}

func sealedBy(t *testing.T, id pkix.AlgorithmIdentifier, size int) []byte {
	t.Helper()
	der, err := asn1.Marshal(encryptedKey{id, make([]byte, size)})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func algorithm(t *testing.T, oid asn1.ObjectIdentifier, params any) pkix.AlgorithmIdentifier {
	t.Helper()
	der, err := asn1.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: der}}
}

// A key file says how much work its passphrase is: it may ask for hours, or
// for more memory than there is. Nobody is asked for a passphrase then.
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
	for name, der := range map[string][]byte{
		"iterations":      encryptedBy(t, pbkdf2ID, pbkdf2{salt, 1 << 31}),
		"most iterations": encryptedBy(t, pbkdf2ID, pbkdf2{salt, math.MaxInt64}),
		"memory":          encryptedBy(t, scryptID, scrypt{salt, 1 << 40, 8, 1}),
		"blocks":          encryptedBy(t, scryptID, scrypt{salt, 1 << 14, 1 << 20, 1}),
		"parallel":        encryptedBy(t, scryptID, scrypt{salt, 1 << 14, 8, 1 << 20}),
		"all together":    encryptedBy(t, scryptID, scrypt{salt, 1 << 20, 8, 64}),
		"negative":        encryptedBy(t, scryptID, scrypt{salt, 1 << 14, -8, 1}),
		"pbes1":           withIterations(t, "sealed/PBE-SHA1-3DES.pem", math.MaxInt64),
		"pbes1 of pkcs5":  withIterations(t, "sealed/PBE-MD5-DES.pem", math.MaxInt64),
	} {
		for form, data := range map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})} {
			refusedAtOnce(t, name+" "+form, data, "work")
		}
	}
	options := Options{Passphrase: answer("x")}
	if _, err := Load(encryptedBy(t, pbkdf2ID, pbkdf2{salt, 600_000}), options); err == nil || strings.Contains(err.Error(), "work") {
		t.Error(err)
	}
}

func refusedAtOnce(t *testing.T, name string, data []byte, want string) {
	t.Helper()
	began := time.Now()
	_, err := Load(data, Options{Passphrase: func() (secret.Text, error) { return secret.Text{}, errors.New("asked for a passphrase") }})
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want %s", name, err, want)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("%s: took %v", name, took)
	}
}

// withIterations is a file of ours whose every 100 iterations are so many.
func withIterations(t *testing.T, name string, n int64) []byte {
	t.Helper()
	data := file(t, name)
	if b, _ := pem.Decode(data); b != nil {
		data = b.Bytes
	}
	out, found := patch(data, n)
	if found == 0 {
		t.Fatalf("%s: no iterations in it", name)
	}
	return out
}

// patch writes n in place of every INTEGER 100, through every length around it.
func patch(der []byte, n int64) (out []byte, found int) {
	for len(der) > 0 {
		var one asn1.RawValue
		rest, err := asn1.Unmarshal(der, &one)
		if err != nil {
			return append(out, der...), found
		}
		tag := der[:1]
		body, inner := one.Bytes, 0
		switch {
		case one.Class == asn1.ClassUniversal && one.Tag == asn1.TagInteger && len(body) == 1 && body[0] == 100:
			body, found = big.NewInt(n).Bytes(), found+1
		case one.IsCompound, one.Tag == asn1.TagOctetString && one.Class == asn1.ClassUniversal && len(body) > 100 && body[0] == 0x30:
			body, inner = patch(body, n)
			found += inner
		}
		out, der = append(out, derElement(tag, body)...), rest
	}
	return out, found
}

// In a PKCS#12 file the MAC counts, and every bag, before anything is derived.
func TestPKCS12ThatWouldTakeHoursIsRefused(t *testing.T) {
	for _, name := range []string{"modern", "legacy", "descert", "nomac", "key-only", "mac-sha384", "certificate-only"} {
		refusedAtOnce(t, name, withIterations(t, "sealed/"+name+".p12", math.MaxInt64), "work")
		refusedAtOnce(t, name+" above what a file may ask for", withIterations(t, "sealed/"+name+".p12", 5_000_001), "work")
	}
	// Each of its parts may ask for that much, and all of them together not.
	refusedAtOnce(t, "many", withIterations(t, "sealed/modern.p12", 2_000_000), "work")
	if _, err := Load(withIterations(t, "sealed/modern.p12", 100), Options{Passphrase: answer("letmein")}); err != nil {
		t.Errorf("this test proves nothing: %v", err)
	}
}

// What scrypt asks for is of the same budget: a hundred bags of 1 GiB each are minutes.
func TestScryptCountsInEveryBag(t *testing.T) {
	gib := encryptedBy(t, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}, struct {
		Salt    []byte
		N, R, P int
	}{[]byte("12345678"), 1 << 20, 8, 1})
	id := []byte{6, 11, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 10, 1, 2}
	one := derElement([]byte{0x30}, append(id, derElement([]byte{0xA0}, gib)...))
	f := &pkcs12File{budget: pbe.NewBudget()}
	if err := f.addBags(derElement([]byte{0x30}, one)); err != nil {
		t.Error(err)
	}
	if err := f.addBags(derElement([]byte{0x30}, one)); !errors.Is(err, pbe.ErrWork) {
		t.Error(err)
	}
}

// A safe under the empty passphrase, which is tried unasked, can hide a bag
// that asks for more: it counts when the safe shows it.
func TestAHiddenBagCounts(t *testing.T) {
	bomb := withIterations(t, "sealed/PBE-SHA1-3DES.pem", math.MaxInt64)
	id := []byte{6, 11, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 10, 1, 2}
	bags := derElement([]byte{0x30}, derElement([]byte{0x30}, append(id, derElement([]byte{0xA0}, bomb)...)))
	f := &pkcs12File{budget: pbe.NewBudget()}
	if err := f.addBags(bags); !errors.Is(err, pbe.ErrWork) {
		t.Error(err)
	}
}

// What is written into the parameters is checked before a cipher sees it.
func TestSenselessParameters(t *testing.T) {
	kdf := algorithm(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, struct {
		Salt       []byte
		Iterations int
	}{[]byte("12345678"), 10})
	aes := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, n} }
	gcm := struct {
		Nonce []byte
		Size  int
	}{make([]byte, 12), 16}
	for name, c := range map[string]struct {
		cipher pkix.AlgorithmIdentifier
		size   int
		want   string
	}{
		"GCM":               {algorithm(t, aes(46), gcm), 128, "aes-256-gcm"},
		"GCM with an IV":    {algorithm(t, aes(46), make([]byte, 12)), 128, "aes-256-gcm"},
		"GCM 128":           {algorithm(t, aes(6), gcm), 128, "aes-128-gcm"},
		"short IV":          {algorithm(t, aes(42), make([]byte, 8)), 128, "aes-256-cbc"},
		"long IV":           {algorithm(t, aes(2), make([]byte, 17)), 128, "aes-128-cbc"},
		"no IV":             {algorithm(t, aes(2), []byte{}), 128, "aes-128-cbc"},
		"IV of 3DES":        {algorithm(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}, make([]byte, 16)), 128, "des-ede3-cbc"},
		"one byte short":    {algorithm(t, aes(42), make([]byte, 16)), 127, "aes-256-cbc"},
		"nothing encrypted": {algorithm(t, aes(42), make([]byte, 16)), 0, "aes-256-cbc"},
		"unknown cipher":    {algorithm(t, asn1.ObjectIdentifier{1, 2, 3}, []byte{}), 16, "the scheme 1.2.3"},
	} {
		der := sealedBy(t, algorithm(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, struct{ KDF, Cipher pkix.AlgorithmIdentifier }{kdf, c.cipher}), c.size)
		// Not by Load, whose recover would hide a panic.
		_, err := (&loader{options: Options{Passphrase: answer("letmein")}}).load(der, 0)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "passphrase") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
