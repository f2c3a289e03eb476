package keys

import (
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
)

// parseSEC1 reads ECPrivateKey (RFC 5915 3).
func parseSEC1(der []byte) (*Key, error) {
	if raw, err := x509.ParseECPrivateKey(der); err == nil {
		return fromRaw(raw)
	}
	return spelledOut(der, nil)
}

// spelledOut reads an ECPrivateKey whose curve is given by its parameters, as
// some Java libraries and smart cards write it; params nil: they are inside.
func spelledOut(der, params []byte) (*Key, error) {
	var key struct {
		Version int
		Private []byte
		Params  asn1.RawValue  `asn1:"optional,explicit,tag:0"`
		Public  asn1.BitString `asn1:"optional,explicit,tag:1"`
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return nil, errUnread
	}
	if params == nil {
		params = key.Params.Bytes
	}
	named, err := curveOf(params)
	if err != nil {
		return nil, err
	}
	again, err := asn1.Marshal(struct {
		Version int
		Private []byte
		Params  asn1.RawValue
	}{key.Version, key.Private, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: named}})
	if err != nil {
		return nil, errUnread
	}
	raw, err := x509.ParseECPrivateKey(again)
	if err != nil {
		return nil, errUnread
	}
	return fromRaw(raw)
}

// curveOf is the DER name of the curve whose every parameter is spelt out in
// params (SpecifiedECDomain, X9.62 and SEC 1 C.2). All are compared, the base
// point too: a curve that agrees in the rest alone can be made to lie (CVE-2020-0601).
func curveOf(params []byte) ([]byte, error) {
	var p struct {
		Version int
		Field   struct {
			Type  asn1.ObjectIdentifier
			Prime *big.Int
		}
		Curve struct {
			A, B []byte
			Seed asn1.BitString `asn1:"optional"`
		}
		Base  []byte
		Order *big.Int
	}
	if _, err := asn1.Unmarshal(params, &p); err != nil {
		return nil, errUnread
	}
	for _, c := range []struct {
		curve elliptic.Curve
		id    asn1.ObjectIdentifier
	}{
		{elliptic.P256(), asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}},
		{elliptic.P384(), asn1.ObjectIdentifier{1, 3, 132, 0, 34}},
		{elliptic.P521(), asn1.ObjectIdentifier{1, 3, 132, 0, 35}},
	} {
		want := c.curve.Params()
		a := new(big.Int).Sub(want.P, big.NewInt(3))
		if p.Field.Prime.Cmp(want.P) == 0 && p.Order.Cmp(want.N) == 0 && isNumber(p.Curve.A, a) && isNumber(p.Curve.B, want.B) && isBase(p.Base, want) {
			return asn1.Marshal(c.id)
		}
	}
	return nil, &kindError{"on a curve with parameters of its own"}
}

func isNumber(b []byte, want *big.Int) bool { return new(big.Int).SetBytes(b).Cmp(want) == 0 }

// isBase compares a point, compressed or not (SEC 1 2.3.3), with the curve's generator.
func isBase(point []byte, want *elliptic.CurveParams) bool {
	size := (want.BitSize + 7) / 8
	if len(point) < 1+size || !isNumber(point[1:1+size], want.Gx) {
		return false
	}
	switch point[0] {
	case 2, 3:
		return len(point) == 1+size && uint(point[0]&1) == want.Gy.Bit(0)
	case 4, 6, 7:
		return len(point) == 1+2*size && isNumber(point[1+size:], want.Gy)
	default:
		return false
	}
}
