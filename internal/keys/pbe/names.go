package pbe

import (
	"crypto/aes"
	"crypto/des"  //nolint:gosec // what old files are encrypted with
	"crypto/sha1" //nolint:gosec // the default of RFC 8018 A.2
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"
	"strconv"
	"strings"
)

// The arcs of RFC 8018 C and RFC 7292 C.
const (
	pkcs5   = "1.2.840.113549.1.5."
	pkcs12  = "1.2.840.113549.1.12.1."
	digests = "1.2.840.113549.2."
	aesArc  = "2.16.840.1.101.3.4.1."

	nistHashes = "2.16.840.1.101.3.4.2."
)

// prfRow is a pseudo-random function of PBKDF2, named as OpenSSL does.
type prfRow struct {
	id   string
	name string
	hash func() hash.Hash
}

func prfs() []prfRow {
	return []prfRow{
		{digests + "7", "hmacWithSHA1", sha1.New},
		{digests + "8", "hmacWithSHA224", sha256.New224},
		{digests + "9", "hmacWithSHA256", sha256.New},
		{digests + "10", "hmacWithSHA384", sha512.New384},
		{digests + "11", "hmacWithSHA512", sha512.New},
		{digests + "12", "hmacWithSHA512-224", sha512.New512_224},
		{digests + "13", "hmacWithSHA512-256", sha512.New512_256},
	}
}

// prfOf is the function of that id; RFC 8018 A.2: absent is hmacWithSHA1.
func prfOf(id asn1.ObjectIdentifier) (prfRow, error) {
	all := prfs()
	for _, row := range all {
		if id.Equal(oid(row.id)) {
			return row, nil
		}
	}
	if len(id) == 0 {
		return all[0], nil
	}
	return prfRow{}, unknown(id)
}

// cipherRow is a block cipher for CBC; sizes in bytes.
type cipherRow struct {
	name       string
	key, block int
	make       func(key []byte) (func(dst, src []byte), error)
}

func cipherOf(id asn1.ObjectIdentifier) (cipherRow, error) {
	for at, row := range map[string]cipherRow{
		aesArc + "2":         {"aes-128-cbc", 16, 16, newAES},
		aesArc + "22":        {"aes-192-cbc", 24, 16, newAES},
		aesArc + "42":        {"aes-256-cbc", 32, 16, newAES},
		"1.2.840.113549.3.7": {"des-ede3-cbc", 24, 8, new3DES},
		"1.3.14.3.2.7":       {"des-cbc", 8, 8, newDES},
	} {
		if id.Equal(oid(at)) {
			return row, nil
		}
	}
	return cipherRow{}, unknown(id)
}

func newAES(key []byte) (func(dst, src []byte), error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return b.Decrypt, nil
}

func newDES(key []byte) (func(dst, src []byte), error) {
	b, err := des.NewCipher(key) //nolint:gosec // as above
	if err != nil {
		return nil, err
	}
	return b.Decrypt, nil
}

func new3DES(key []byte) (func(dst, src []byte), error) {
	b, err := des.NewTripleDESCipher(key) //nolint:gosec // as above
	if err != nil {
		return nil, err
	}
	return b.Decrypt, nil
}

// new2DES is triple DES with two keys, the first one used twice.
func new2DES(key []byte) (func(dst, src []byte), error) {
	return new3DES(append(append([]byte{}, key...), key[:8]...))
}

// unknown names a scheme, cipher or hash that is not read here.
func unknown(id asn1.ObjectIdentifier) *SchemeError {
	for _, row := range []struct {
		id, name        string
		openssl, legacy bool
	}{
		{pkcs5 + "1", "PBE-MD2-DES", false, false},
		{pkcs5 + "4", "PBE-MD2-RC2-64", false, false},
		{pkcs5 + "6", "PBE-MD5-RC2-64", true, true},
		{pkcs5 + "11", "PBE-SHA1-RC2-64", true, true},
		{pkcs12 + "1", "PBE-SHA1-RC4-128", true, true},
		{pkcs12 + "2", "PBE-SHA1-RC4-40", true, true},
		{"1.2.840.113549.3.2", "rc2-cbc", true, true},
		{"1.2.840.113549.3.4", "rc4", true, true},
		{"1.3.6.1.4.1.3029.1.2", "bf-cbc", true, true},
		{"1.2.840.113533.7.66.10", "cast5-cbc", true, true},
		{"1.2.392.200011.61.1.1.1.2", "camellia-128-cbc", true, false},
		{"1.2.392.200011.61.1.1.1.3", "camellia-192-cbc", true, false},
		{"1.2.392.200011.61.1.1.1.4", "camellia-256-cbc", true, false},
		{"1.2.410.200046.1.1.2", "aria-128-cbc", true, false},
		{"1.2.410.200046.1.1.7", "aria-192-cbc", true, false},
		{"1.2.410.200046.1.1.12", "aria-256-cbc", true, false},
		{"1.2.410.200004.1.4", "seed-cbc", true, true},
		{"1.2.156.10197.1.104.2", "sm4-cbc", true, false},
		{aesArc + "3", "aes-128-ofb", true, false},
		{aesArc + "23", "aes-192-ofb", true, false},
		{aesArc + "43", "aes-256-ofb", true, false},
		{aesArc + "4", "aes-128-cfb", true, false},
		{aesArc + "24", "aes-192-cfb", true, false},
		{aesArc + "44", "aes-256-cfb", true, false},
		{aesArc + "6", "aes-128-gcm", false, false},
		{aesArc + "26", "aes-192-gcm", false, false},
		{aesArc + "46", "aes-256-gcm", false, false},
		{aesArc + "7", "aes-128-ccm", false, false},
		{aesArc + "27", "aes-192-ccm", false, false},
		{aesArc + "47", "aes-256-ccm", false, false},
		{digests + "6", "hmacWithMD5", true, false},
		{"1.2.156.10197.1.401.2", "hmacWithSM3", true, false},
	} {
		if id.Equal(oid(row.id)) {
			return &SchemeError{row.name, row.openssl, row.legacy}
		}
	}
	return &SchemeError{Scheme: "the scheme " + id.String()}
}

// hashName is the name of a hash that is not read here.
func hashName(id asn1.ObjectIdentifier) string {
	for at, name := range map[string]string{
		digests + "2": "MD2", digests + "4": "MD4", digests + "5": "MD5",
		"1.3.36.3.2.1": "RIPEMD-160", "1.2.156.10197.1.401": "SM3",
		nistHashes + "7": "SHA3-224", nistHashes + "8": "SHA3-256", nistHashes + "9": "SHA3-384", nistHashes + "10": "SHA3-512",
	} {
		if id.Equal(oid(at)) {
			return name
		}
	}
	return id.String()
}

// oid reads an object identifier of this package's own tables.
func oid(dotted string) asn1.ObjectIdentifier {
	var id asn1.ObjectIdentifier
	for _, part := range strings.Split(dotted, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			panic("no object identifier: " + dotted)
		}
		id = append(id, n)
	}
	return id
}
