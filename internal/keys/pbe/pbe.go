// Package pbe opens what a passphrase encrypts in key files: PBES1 and PBES2
// (RFC 8018) and the schemes of PKCS#12 (RFC 7292 B). It encrypts nothing.
//
// It is here because no library at hand does it: they read two hashes of
// PBKDF2 where OpenSSL writes five, take an IV of any length into a panic, and
// derive a key before anybody could look at how much work that is.
package pbe

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// ErrPassphrase says that the scheme is known and the passphrase is another.
var ErrPassphrase = errors.New("the passphrase does not open it")

// ErrWork is for a file that would keep a processor busy for hours, or take
// more memory than there is, before it says that the passphrase is wrong.
var ErrWork = errors.New("the encrypted key asks for more work than any that is meant to be opened")

// SchemeError names a scheme that is not read here.
type SchemeError struct {
	Scheme  string
	OpenSSL bool // OpenSSL reads it, so that it can be converted
	Legacy  bool // and OpenSSL 3 does so with its legacy provider only
}

// Error names the scheme.
func (e *SchemeError) Error() string {
	return "it is protected with " + e.Scheme + ", which is not read here"
}

// Passphrase is one in the two encodings that the schemes ask for.
type Passphrase struct {
	text string // as it is: PBES1 and PBES2
	bmp  []byte // UTF-16BE with two zero bytes at its end: PKCS#12 (RFC 7292 B.1)
}

// Budget is the work that one file may still ask for.
type Budget struct{ left int }

// What one file may ask for: eight times what is usual for one key today,
// seconds of work; scrypt as much memory as RFC 7914's author proposes.
const (
	maxIterations   = 5_000_000
	maxScryptBlocks = 1 << 23 // of 128 bytes: 1 GiB
)

// NewBudget is the work that a file may ask for as a whole.
func NewBudget() *Budget { return &Budget{maxIterations} }

func (b *Budget) spend(iterations int) error {
	if iterations > b.left {
		return ErrWork
	}
	b.left -= iterations
	return nil
}

// Scheme is an algorithm with parameters that were found to be sound: Open
// derives a key in bounded time and does not panic.
type Scheme struct {
	name   string
	cipher cipherRow
	// derive gives the key and, where the scheme derives one, the IV.
	derive func(p Passphrase) (key, iv []byte, err error)
	iv     []byte // nil: derived
}

// Parse reads what an encrypted structure says about its encryption and takes
// its work from the budget. Errors: ErrWork, *SchemeError, and for parameters that
// make no sense one that names the scheme.
func Parse(id pkix.AlgorithmIdentifier, b *Budget) (*Scheme, error) {
	if id.Algorithm.Equal(oid(pkcs5 + "13")) {
		return parsePBES2(id.Parameters.FullBytes, b)
	}
	for _, row := range pbes1() {
		if id.Algorithm.Equal(oid(row.id)) {
			return row.parse(id.Parameters.FullBytes, b)
		}
	}
	return nil, unknown(id.Algorithm)
}

// Open decrypts data. Where the result is not what the padding of RFC 8018
// 6.1.1 must leave, that is ErrPassphrase.
func (s *Scheme) Open(p Passphrase, data []byte) ([]byte, error) {
	size := s.cipher.block
	if len(data) == 0 || len(data)%size != 0 {
		return nil, s.damaged("%d bytes are no whole blocks of %d", len(data), size)
	}
	key, iv, err := s.derive(p)
	if err != nil {
		return nil, s.damaged("its key cannot be derived")
	}
	if s.iv != nil {
		iv = s.iv
	}
	decrypt, err := s.cipher.make(key)
	if err != nil {
		return nil, s.damaged("its key cannot be used")
	}
	plain := cbc(decrypt, size, iv, data)
	return unpad(plain, size)
}

// Name is the scheme in the words of OpenSSL.
func (s *Scheme) Name() string { return s.name }

func (s *Scheme) damaged(format string, args ...any) error { return damaged(s.name, format, args...) }

func damaged(scheme, format string, args ...any) error {
	return fmt.Errorf("it is damaged: it says that it is encrypted with %s, and %s", scheme, fmt.Sprintf(format, args...))
}

// cbc is the CBC mode without the panics of crypto/cipher.
func cbc(decrypt func(dst, src []byte), size int, iv, data []byte) []byte {
	plain := make([]byte, len(data))
	for at := 0; at < len(data); at += size {
		decrypt(plain[at:at+size], data[at:at+size])
		for i, b := range iv {
			plain[at+i] ^= b
		}
		iv = data[at : at+size]
	}
	return plain
}

func unpad(plain []byte, size int) ([]byte, error) {
	n := int(plain[len(plain)-1])
	if n == 0 || n > size {
		return nil, ErrPassphrase
	}
	for _, b := range plain[len(plain)-n:] {
		if int(b) != n {
			return nil, ErrPassphrase
		}
	}
	return plain[:len(plain)-n], nil
}

// decode reads DER with nothing after it.
func decode(der []byte, into any) bool {
	rest, err := asn1.Unmarshal(der, into)
	return err == nil && len(rest) == 0
}
