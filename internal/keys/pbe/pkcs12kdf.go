package pbe

import (
	"encoding/binary"
	"hash"
	"unicode/utf16"
)

// Passphrases are the encodings to try for text: one, but for the empty
// passphrase, which some programs write as two zero bytes and some as nothing.
func Passphrases(text string) []Passphrase {
	var bmp []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		bmp = binary.BigEndian.AppendUint16(bmp, unit)
	}
	all := []Passphrase{{text, append(bmp, 0, 0)}}
	if text == "" {
		all = append(all, Passphrase{})
	}
	return all
}

// pkcs12KDF is the key derivation of RFC 7292 B.2. id is 1 for a key, 2 for an
// IV, 3 for a MAC key.
func pkcs12KDF(newHash func() hash.Hash, id byte, bmp, salt []byte, iterations, size int) []byte {
	h := newHash()
	v := h.BlockSize()
	diversifier := make([]byte, v)
	for i := range diversifier {
		diversifier[i] = id
	}
	in := append(stretch(salt, v), stretch(bmp, v)...)
	var out []byte
	for {
		h.Reset()
		_, _ = h.Write(diversifier)
		_, _ = h.Write(in)
		sum := h.Sum(nil)
		for range iterations - 1 {
			h.Reset()
			_, _ = h.Write(sum)
			sum = h.Sum(sum[:0])
		}
		if out = append(out, sum...); len(out) >= size {
			return out[:size]
		}
		addTo(in, stretch(sum, v)[:v])
	}
}

// stretch repeats b to the next multiple of v bytes; nothing stays nothing.
func stretch(b []byte, v int) []byte {
	out := make([]byte, (len(b)+v-1)/v*v)
	for i := range out {
		out[i] = b[i%len(b)]
	}
	return out
}

// addTo adds b and one to each block of in, as big-endian numbers modulo their size.
func addTo(in, b []byte) {
	for at := 0; at < len(in); at += len(b) {
		carry := 1
		for i := len(b) - 1; i >= 0; i-- {
			sum := int(in[at+i]) + int(b[i]) + carry
			in[at+i], carry = byte(sum), sum>>8
		}
	}
}
