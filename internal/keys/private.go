package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"errors"

	"authctl/internal/secret"
)

// errPrivate is for what only a private key has that is here.
var errPrivate = errors.New("there is no private key to write")

// Private is the private key as it is kept: a JWK (RFC 7517) where it has a
// kid, which nothing else can hold, and else PKCS#8 in PEM (RFC 7468 10).
func (k *Key) Private() (secret.Text, error) {
	if k.KID != "" {
		return k.privateJWK()
	}
	der, err := k.PKCS8()
	return secret.New(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))), err
}

// privateJWK is RFC 7518 6.2.2 and 6.3.2, RFC 8037 2.
func (k *Key) privateJWK() (secret.Text, error) {
	public, err := k.PublicJWK()
	if err != nil {
		return secret.Text{}, err
	}
	public.Kid, public.Use, public.Alg = k.KID, k.Use, k.Alg
	members := struct {
		JWK
		D  string `json:"d"`
		P  string `json:"p,omitempty"`
		Q  string `json:"q,omitempty"`
		DP string `json:"dp,omitempty"`
		DQ string `json:"dq,omitempty"`
		QI string `json:"qi,omitempty"`
	}{JWK: public}
	switch private := k.Signer.(type) {
	case *rsa.PrivateKey:
		c := private.Precomputed
		members.D, members.P, members.Q = b64(private.D.Bytes()), b64(private.Primes[0].Bytes()), b64(private.Primes[1].Bytes())
		members.DP, members.DQ, members.QI = b64(c.Dp.Bytes()), b64(c.Dq.Bytes()), b64(c.Qinv.Bytes())
	case *ecdsa.PrivateKey:
		d, err := private.Bytes() // as long as the curve's order
		if err != nil {
			return secret.Text{}, err
		}
		members.D = b64(d)
	case ed25519.PrivateKey:
		members.D = b64(private.Seed())
	default:
		return secret.Text{}, errPrivate
	}
	text, err := json.Marshal(members)
	return secret.New(string(text)), err
}
