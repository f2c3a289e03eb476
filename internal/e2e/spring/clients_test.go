//go:build e2e

package spring

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/nginx"
	"authctl/internal/keys"
)

// clients is what the registered clients prove themselves with: a folder that has
// the secrets and private keys, by client id, and a PKI that has the certificates.
type clients struct {
	folder, secret string
	pki            *nginx.PKI
	sets           map[string]any // JWK sets, by client id
}

func newClients(t *testing.T) *clients {
	t.Helper()
	c := &clients{folder: t.TempDir(), secret: rand.Text() + rand.Text(), pki: nginx.NewPKI(t), sets: map[string]any{}}
	for _, id := range []string{"basic", "post", "secret-jwt", "actor", "web"} {
		c.write(t, id+".secret", []byte(c.of(id)))
	}
	for id, alg := range map[string]string{"rs256": "RS256", "ps256": "PS256", "es256": "ES256"} {
		key, err := keys.Generate(alg, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := key.PKCS8()
		if err != nil {
			t.Fatal(err)
		}
		c.write(t, id+".der", der)
		c.sets[id] = set(t, key, nil)
	}
	c.pki.Client(t, "tls", false)
	c.pki.Client(t, "bound", false)
	own := c.pki.Client(t, "self-signed", true)
	c.sets["self-signed"] = set(t, &keys.Key{Public: own.PublicKey}, own)
	return c
}

// of is the client's secret.
func (c *clients) of(id string) string { return c.secret + "-" + id }

func (c *clients) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.folder, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// set is the JWK set of one public key, and its certificate if it has one
// (RFC 8705 2.2.2 wants x5c).
func set(t *testing.T, key *keys.Key, c *x509.Certificate) any {
	t.Helper()
	public, err := key.PublicJWK()
	if err != nil {
		t.Fatal(err)
	}
	type jwk struct {
		keys.JWK
		X5C [][]byte `json:"x5c,omitempty"` // base64, not base64url: RFC 7517 4.7
	}
	made := jwk{JWK: public}
	if c != nil {
		made.X5C = [][]byte{c.Raw}
	}
	return map[string][]jwk{"keys": {made}}
}

// serve is the address at which the server finds each client's JWK set by its id.
func (c *clients) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(c.sets[strings.TrimPrefix(r.URL.Path, "/")])
	}))
	t.Cleanup(s.Close)
	return s.URL
}
