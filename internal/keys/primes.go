package keys

import (
	"crypto/rsa"
	"errors"
	"math/big"
)

// maxFactorBits bounds the arithmetic of factor.
const maxFactorBits = 8192

// errNoPrimes is for an RSA key whose d does not belong to n and e.
var errNoPrimes = errors.New("the private RSA JWK has no p and q, and its d does not belong to n and e")

// factor finds the primes of an RSA key that came without them, which RFC 7518
// 6.3.2 allows: e*d - 1 is a multiple of the order of every base, so that square
// roots of 1 on the way there split n (NIST SP 800-56B C.2).
func factor(key *rsa.PrivateKey) error {
	if key.N.BitLen() > maxFactorBits || key.N.Bit(0) == 0 || key.D.BitLen() > key.N.BitLen() {
		return errNoPrimes
	}
	one := big.NewInt(1)
	k := new(big.Int).Mul(key.D, big.NewInt(int64(key.E)))
	k.Sub(k, one)
	if k.Sign() <= 0 {
		return errNoPrimes
	}
	twos := k.TrailingZeroBits()
	odd := new(big.Int).Rsh(k, twos)
	last := new(big.Int).Sub(key.N, one)
	for base := int64(2); base < 64; base++ { // each splits n with one chance in two or more
		x := new(big.Int).Exp(big.NewInt(base), odd, key.N)
		for i := uint(0); i < twos && x.Cmp(one) != 0 && x.Cmp(last) != 0; i++ {
			square := new(big.Int).Mul(x, x)
			square.Mod(square, key.N)
			if square.Cmp(one) == 0 {
				p := new(big.Int).GCD(nil, nil, new(big.Int).Sub(x, one), key.N)
				key.Primes = []*big.Int{p, new(big.Int).Div(key.N, p)}
				return nil
			}
			x = square
		}
		if x.Cmp(one) != 0 && x.Cmp(last) != 0 {
			return errNoPrimes // e*d - 1 is no multiple of its order
		}
	}
	return errNoPrimes
}
