package pbe

import (
	"crypto/md5"  //nolint:gosec // RFC 8018 A.3: what old files are encrypted with
	"crypto/sha1" //nolint:gosec // as above, and RFC 7292 C
	"hash"
)

// pbes1Row is a scheme whose key and IV both come from the passphrase.
type pbes1Row struct {
	id     string
	name   string
	hash   func() hash.Hash
	cipher cipherRow
	pkcs12 bool // RFC 7292 B.2, else PBKDF1 of RFC 8018 5.1
}

// pbes1 are the schemes of RFC 8018 A.3 and RFC 7292 C that are read.
func pbes1() []pbes1Row {
	des1 := cipherRow{"des-cbc", 8, 8, newDES}
	return []pbes1Row{
		{pkcs5 + "3", "PBE-MD5-DES", md5.New, des1, false},
		{pkcs5 + "10", "PBE-SHA1-DES", sha1.New, des1, false},
		{pkcs12 + "3", "PBE-SHA1-3DES", sha1.New, cipherRow{"des-ede3-cbc", 24, 8, new3DES}, true},
		{pkcs12 + "4", "PBE-SHA1-2DES", sha1.New, cipherRow{"des-ede-cbc", 16, 8, new2DES}, true},
		{pkcs12 + "5", "PBE-SHA1-RC2-128", sha1.New, cipherRow{"rc2-cbc", 16, 8, newRC2}, true},
		{pkcs12 + "6", "PBE-SHA1-RC2-40", sha1.New, cipherRow{"rc2-40-cbc", 5, 8, newRC2}, true},
	}
}

// parse reads PBEParameter (RFC 8018 A.3) and pkcs-12PbeParams (RFC 7292 C).
func (r pbes1Row) parse(params []byte, b *Budget) (*Scheme, error) {
	var p struct {
		Salt       []byte
		Iterations int
	}
	if !decode(params, &p) || p.Iterations < 1 {
		return nil, damaged(r.name, "its parameters cannot be read")
	}
	// PKCS#12 derives up to two blocks of key, and the IV by itself.
	if p.Iterations > maxIterations || b.spend(3*p.Iterations) != nil {
		return nil, ErrWork
	}
	s := &Scheme{name: r.name, cipher: r.cipher}
	s.derive = func(pass Passphrase) (key, iv []byte, err error) {
		if !r.pkcs12 {
			both := pbkdf1(r.hash, pass.text, p.Salt, p.Iterations)
			return both[:8], both[8:16], nil
		}
		key = pkcs12KDF(r.hash, 1, pass.bmp, p.Salt, p.Iterations, r.cipher.key)
		return key, pkcs12KDF(r.hash, 2, pass.bmp, p.Salt, p.Iterations, r.cipher.block), nil
	}
	return s, nil
}

// pbkdf1 is RFC 8018 5.1: 16 bytes or more.
func pbkdf1(newHash func() hash.Hash, text string, salt []byte, iterations int) []byte {
	h := newHash()
	_, _ = h.Write([]byte(text))
	_, _ = h.Write(salt)
	sum := h.Sum(nil)
	for range iterations - 1 {
		h.Reset()
		_, _ = h.Write(sum)
		sum = h.Sum(sum[:0])
	}
	return sum
}
