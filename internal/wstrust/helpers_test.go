package wstrust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"sync"
	"testing"
	"time"

	"authctl/internal/profile"
)

// party is a key with its certificate.
type party struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

var parties = sync.OnceValue(func() map[string]party {
	all := map[string]party{}
	for i, name := range []string{"client", "sts", "stranger"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		all[name] = party{key, certify(int64(i+1), name, key)}
	}
	return all
})

func certify(serial int64, name string, key crypto.Signer) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), // over: a pin is a pin
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return certificate
}

func ecKey(t *testing.T) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key, certify(9, "ec", key)
}

// card signs elsewhere, and takes nothing but a digest by SHA-256.
type card struct {
	crypto.Signer
	t *testing.T
}

func (c card) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if len(digest) != 32 || opts != crypto.SHA256 {
		c.t.Errorf("asked to sign %d bytes with %v", len(digest), opts)
	}
	return c.Signer.Sign(rand, digest, opts)
}

const (
	service = "http://service.example/Gateway/1"
	number  = "urn:example:number"
)

func now() time.Time { return time.Date(2026, 11, 27, 12, 0, 0, 5e8, time.UTC) }

func asking(change func(*Asking)) Asking {
	a := Asking{STS: profile.DefaultSTS(), Certificate: parties()["client"].certificate, Key: parties()["client"].key, Now: now, Rand: rand.Reader}
	a.STS.URL, a.STS.AppliesTo = "https://sts.example/issue", service
	a.STS.Claims = []profile.STSClaim{{Name: number, Value: "01234567"}}
	if change != nil {
		change(&a)
	}
	return a
}
