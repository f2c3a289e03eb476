//go:build e2e

package features

import (
	"crypto/rand"
	"crypto/x509"
	"os"
	"testing"

	"authctl/internal/e2e/nginx"
	"authctl/internal/keys"
)

// KeySet is a JWK set (RFC 7517 5) of one public key.
type KeySet struct {
	Keys []registeredKey `json:"keys"`
}

type registeredKey struct {
	keys.JWK
	X5C [][]byte `json:"x5c,omitempty"` // base64, not base64url: RFC 7517 4.7
}

// NewKey makes a key for the algorithm, writes it into file as PKCS#8 and returns what a
// server registers.
func NewKey(t *testing.T, file, alg string) KeySet {
	t.Helper()
	key, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, der, 0o600); err != nil {
		t.Fatal(err)
	}
	return keySet(t, key)
}

// CertificateSet is what a server registers of a self-signed certificate (RFC 8705 2.2.2).
func CertificateSet(t *testing.T, c *x509.Certificate) KeySet {
	t.Helper()
	set := keySet(t, &keys.Key{Public: c.PublicKey})
	set.Keys[0].X5C = [][]byte{c.Raw}
	return set
}

func keySet(t *testing.T, key *keys.Key) KeySet {
	t.Helper()
	public, err := key.PublicJWK()
	if err != nil {
		t.Fatal(err)
	}
	return KeySet{[]registeredKey{{JWK: public}}}
}

// BehindNginx is a try that needs a server which asks for certificates.
func BehindNginx(try func(*testing.T) Verdict) func(*testing.T) Verdict {
	if why := nginx.Absent(); why != "" {
		return func(*testing.T) Verdict { return Untried(why) }
	}
	return try
}
