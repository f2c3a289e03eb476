//go:build e2e

package keycloak

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"authctl/internal/keys"
	"authctl/internal/sandbox"
)

// imitated is the sandbox's KL Gateway, as a case of the table sees it.
func imitated(t *testing.T) *server {
	t.Helper()
	box, err := sandbox.Start(t.Context(), sandbox.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	pem, err := os.ReadFile(filepath.Join(box.Dir(), "klg-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.Load(pem, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kid, err := key.SPKISHA256()
	if err != nil {
		t.Fatal(err)
	}
	issuer := box.URL + "/klg/auth/realms/ehealth"
	s := &server{
		issuer: issuer, tokenURL: issuer + "/protocol/openid-connect/token",
		client: "eoj", key: key.Signer.(*rsa.PrivateKey), kid: kid,
	}
	s.session = func(t *testing.T) string {
		return s.mustGrant(t, s.withAssertion(url.Values{
			"grant_type":         {"urn:ietf:params:oauth:grant-type:token-exchange"},
			"subject_token":      {base64.RawURLEncoding.EncodeToString(get(t, box.URL+"/klg/sts/assertion"))},
			"subject_token_type": {"urn:ietf:params:oauth:token-type:saml2"},
			"subject_issuer":     {"kombit-sts"},
		})).RefreshToken
	}
	return s
}

func get(t *testing.T, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", address, resp.Status)
	}
	return body
}
