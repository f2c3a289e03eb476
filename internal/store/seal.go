package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
)

// KeySize is AES-256's.
const KeySize = 32

// MaxRecord bounds one stored record, sealed, in bytes.
const MaxRecord = 256 << 10

// A stored record is a header in the clear and the sealed body:
//
//	magic and format version  8 bytes
//	id of the sealing key     8 bytes
//	generation                8 bytes, big endian; grows with each write
//	length of the profile     2 bytes, then the profile's name
//	nonce                    12 bytes
//	AES-256-GCM ciphertext
//
// All before the nonce, and the record's key, is associated data: a record
// that was edited, or renamed to another key, does not open.
const magic = "authctl\x01"

const (
	keyIDSize = 8
	nonceSize = 12
	fixedSize = len(magic) + keyIDSize + 8 + 2
	tagSize   = 16
)

var (
	errForeign  = errors.New("it was sealed under another key")
	errDamaged  = errors.New("it is damaged")
	errTooLarge = errors.New("it is larger than 256 KiB")
)

// header is the part in the clear.
type header struct {
	keyID      [keyIDSize]byte
	generation uint64
	profile    string
}

func (h header) encode() []byte {
	b := make([]byte, 0, fixedSize+len(h.profile)+nonceSize)
	b = append(b, magic...)
	b = append(b, h.keyID[:]...)
	b = binary.BigEndian.AppendUint64(b, h.generation)
	b = binary.BigEndian.AppendUint16(b, uint16(len(h.profile)))
	return append(b, h.profile...)
}

// decodeHeader returns the header and its length in b.
func decodeHeader(b []byte) (header, int, error) {
	if len(b) < fixedSize || !bytes.HasPrefix(b, []byte(magic)) {
		return header{}, 0, errDamaged
	}
	var h header
	at := len(magic)
	at += copy(h.keyID[:], b[at:])
	h.generation = binary.BigEndian.Uint64(b[at:])
	at += 8
	end := at + 2 + int(binary.BigEndian.Uint16(b[at:]))
	if len(b) < end+nonceSize+tagSize {
		return header{}, 0, errDamaged
	}
	h.profile = string(b[at+2 : end])
	return h, end, nil
}

// keyIDOf tells sealing keys apart without revealing them.
func keyIDOf(key []byte) (id [keyIDSize]byte) {
	sum := sha256.Sum256(append([]byte("authctl sealing key id\x00"), key...))
	copy(id[:], sum[:])
	return id
}

// seal encrypts body for the record named name.
func seal(sealingKey []byte, name string, h header, body []byte, rand io.Reader) ([]byte, error) {
	gcm, err := newGCM(sealingKey)
	if err != nil {
		return nil, err
	}
	h.keyID = keyIDOf(sealingKey)
	out := h.encode()
	bound := append(bytes.Clone(out), name...)
	nonce := make([]byte, nonceSize)
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, err
	}
	return gcm.Seal(append(out, nonce...), nonce, body, bound), nil
}

// open returns header and body of a stored record; errForeign or errDamaged.
func open(sealingKey []byte, name string, b []byte) (header, []byte, error) {
	h, end, err := decodeHeader(b)
	if err != nil {
		return h, nil, err
	}
	if h.keyID != keyIDOf(sealingKey) {
		return h, nil, errForeign
	}
	gcm, err := newGCM(sealingKey)
	if err != nil {
		return h, nil, err
	}
	bound := append(bytes.Clone(b[:end]), name...)
	body, err := gcm.Open(nil, b[end:end+nonceSize], b[end+nonceSize:], bound)
	if err != nil {
		return h, nil, errDamaged
	}
	return h, body, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
