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

	"authctl/internal/e2e/features"
	"authctl/internal/e2e/nginx"
)

// clients is what the registered clients prove themselves with: a folder that has
// the secrets and private keys, by client id, and a PKI that has the certificates.
type clients struct {
	folder, secret string
	pki            *nginx.PKI
	bound          *x509.Certificate          // of the client "bound"
	sets           map[string]features.KeySet // JWK sets, by client id
}

func newClients(t *testing.T) *clients {
	t.Helper()
	c := &clients{folder: t.TempDir(), secret: rand.Text() + rand.Text(), pki: nginx.NewPKI(t), sets: map[string]features.KeySet{}}
	for _, id := range []string{"basic", "post", "secret-jwt", "actor", "web"} {
		c.write(t, id+".secret", []byte(c.of(id)))
	}
	for id, alg := range map[string]string{"rs256": "RS256", "ps256": "PS256", "es256": "ES256", "rs384": "RS384", "es384": "ES384"} {
		c.sets[id] = features.NewKey(t, filepath.Join(c.folder, id+".der"), alg)
	}
	c.pki.Client(t, "tls", false)
	c.bound = c.pki.Client(t, "bound", false)
	c.sets["self-signed"] = features.CertificateSet(t, c.pki.Client(t, "self-signed", true))
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

// serve is the address at which the server finds each client's JWK set by its id.
func (c *clients) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(c.sets[strings.TrimPrefix(r.URL.Path, "/")])
	}))
	t.Cleanup(s.Close)
	return s.URL
}
