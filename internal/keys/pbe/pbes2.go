package pbe

import (
	"crypto/pbkdf2"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"

	"golang.org/x/crypto/scrypt"
)

// parsePBES2 reads PBES2-params (RFC 8018 A.4).
func parsePBES2(params []byte, b *Budget) (*Scheme, error) {
	var p struct{ KDF, Cipher pkix.AlgorithmIdentifier }
	if !decode(params, &p) {
		return nil, damaged("PBES2", "its parameters cannot be read")
	}
	cipher, err := cipherOf(p.Cipher.Algorithm)
	if err != nil {
		return nil, err
	}
	s := &Scheme{cipher: cipher}
	switch id := p.KDF.Algorithm; {
	case id.Equal(oid(pkcs5 + "12")):
		var kdf pbkdf2Params
		if kdf, err = parsePBKDF2(p.KDF.Parameters.FullBytes, cipher.key, b); err != nil {
			return nil, err
		}
		s.name = kdf.prf.name + " and " + cipher.name
		s.derive = func(pass Passphrase) ([]byte, []byte, error) {
			key, err := kdf.derive(pass.text)
			return key, nil, err
		}
	case id.Equal(oid("1.3.6.1.4.1.11591.4.11")):
		s.name = "scrypt and " + cipher.name
		if s.derive, err = parseScrypt(p.KDF.Parameters.FullBytes, cipher.key, b); err != nil {
			return nil, err
		}
	default:
		return nil, &SchemeError{Scheme: "the key derivation " + id.String()}
	}
	if !decode(p.Cipher.Parameters.FullBytes, &s.iv) {
		return nil, s.damaged("its IV cannot be read")
	}
	if len(s.iv) != cipher.block {
		return nil, s.damaged("its IV has %d bytes where %d belong", len(s.iv), cipher.block)
	}
	return s, nil
}

// pbkdf2Params are PBKDF2-params (RFC 8018 A.2), read and found to be sound.
type pbkdf2Params struct {
	prf        prfRow
	salt       []byte
	iterations int
	size       int
}

// parsePBKDF2 reads PBKDF2-params for a key of size bytes.
func parsePBKDF2(der []byte, size int, b *Budget) (pbkdf2Params, error) {
	var p struct {
		Salt       []byte
		Iterations int
		Length     int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
	if !decode(der, &p) {
		return pbkdf2Params{}, damaged("PBKDF2", "its parameters cannot be read")
	}
	prf, err := prfOf(p.PRF.Algorithm)
	if err != nil {
		return pbkdf2Params{}, err
	}
	if p.Iterations < 1 || p.Length < 0 || p.Length != 0 && p.Length != size {
		return pbkdf2Params{}, damaged(prf.name, "its iterations or its key length make no sense")
	}
	blocks := (size + prf.hash().Size() - 1) / prf.hash().Size()
	if p.Iterations > maxIterations || b.spend(p.Iterations*blocks) != nil {
		return pbkdf2Params{}, ErrWork
	}
	return pbkdf2Params{prf, p.Salt, p.Iterations, size}, nil
}

func (p pbkdf2Params) derive(text string) ([]byte, error) {
	return pbkdf2.Key(func() hash.Hash { return p.prf.hash() }, text, p.salt, p.iterations, p.size)
}

// parseScrypt reads scrypt-params (RFC 7914 7).
func parseScrypt(der []byte, size int, b *Budget) (func(Passphrase) ([]byte, []byte, error), error) {
	var p struct {
		Salt    []byte
		N, R, P int
		Length  asn1.RawValue `asn1:"optional"`
	}
	if !decode(der, &p) {
		return nil, damaged("scrypt", "its parameters cannot be read")
	}
	if p.N < 1 || p.R < 1 || p.P < 1 || p.R > maxScryptBlocks || p.P > maxScryptBlocks || p.N > maxScryptBlocks/p.R/p.P {
		return nil, ErrWork
	}
	// Two of its blocks take about as long as one iteration of PBKDF2.
	if b.spend(p.N*p.R*p.P/2) != nil {
		return nil, ErrWork
	}
	return func(pass Passphrase) ([]byte, []byte, error) {
		key, err := scrypt.Key([]byte(pass.text), p.Salt, p.N, p.R, p.P, size)
		return key, nil, err
	}, nil
}
