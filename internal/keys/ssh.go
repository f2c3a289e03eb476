package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"math/big"
)

// errSSH is what breaks off or is of another kind.
var errSSH = errors.New("not a key or signature that is used here")

// SSHStrings are the strings (RFC 4251 5) that b consists of.
func SSHStrings(b []byte) (list [][]byte, err error) {
	for len(b) > 0 {
		if len(b) < 4 || uint64(binary.BigEndian.Uint32(b)) > uint64(len(b)-4) {
			return nil, errSSH
		}
		n := 4 + int(binary.BigEndian.Uint32(b))
		list, b = append(list, b[4:n]), b[n:]
	}
	return list, nil
}

// FromSSH is a public key as ssh-agent names it (RFC 4253 6.6, RFC 5656 3.1,
// RFC 8709 4). Certificates and keys of FIDO tokens, whose signatures are of
// other things, are no keys here.
func FromSSH(blob []byte) (*Key, error) {
	f, err := SSHStrings(blob)
	if err != nil || len(f) == 0 {
		return nil, errSSH
	}
	curves := map[string]elliptic.Curve{
		"ecdsa-sha2-nistp256": elliptic.P256(), "ecdsa-sha2-nistp384": elliptic.P384(), "ecdsa-sha2-nistp521": elliptic.P521(),
	}
	kind := string(f[0])
	switch curve := curves[kind]; {
	case kind == "ssh-rsa" && len(f) == 3 && len(f[1]) < 5:
		e := new(big.Int).SetBytes(f[1])
		return &Key{Public: &rsa.PublicKey{N: new(big.Int).SetBytes(f[2]), E: int(e.Int64())}}, nil
	case kind == "ssh-ed25519" && len(f) == 2 && len(f[1]) == ed25519.PublicKeySize:
		return &Key{Public: ed25519.PublicKey(f[1])}, nil
	case curve != nil && len(f) == 3:
		public, err := ecdsa.ParseUncompressedPublicKey(curve, f[2])
		return &Key{Public: public}, err
	}
	return nil, errSSH
}

// SSHSignature is the raw signature in ssh-agent's answer (RFC 8332 3, RFC 8709
// 6), that of ECDSA (RFC 5656 3.1.2) as DER.
func SSHSignature(answer []byte) ([]byte, error) {
	one, err := SSHStrings(answer)
	if err != nil || len(one) != 1 {
		return nil, errSSH
	}
	f, err := SSHStrings(one[0])
	if err != nil || len(f) != 2 {
		return nil, errSSH
	}
	if len(f[0]) < 5 || string(f[0][:5]) != "ecdsa" {
		return f[1], nil
	}
	rs, err := SSHStrings(f[1])
	if err != nil || len(rs) != 2 {
		return nil, errSSH
	}
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(rs[0]), new(big.Int).SetBytes(rs[1])})
}
