package cmd_test

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// face is what one party shows at the address of the issuer.
type face struct {
	certificate tls.Certificate
	document    map[string]any
	key         *keys.Key
}

// twoFaced is one address at which another party answers after each turn, as
// for a user who is in two networks, or whose profile trusts another authority.
type twoFaced struct{ now atomic.Pointer[face] }

func (s *twoFaced) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := s.now.Load()
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		_ = json.NewEncoder(w).Encode(f.document)
	case "/jwks":
		jwk, _ := f.key.PublicJWK()
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{jwk}})
	case "/token":
		_, _ = io.WriteString(w, goodToken)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// docs/threats.md 2, with real servers: two profiles, one issuer, two
// authorities. What the server of one said decides nothing for the other.
func TestTrustIsNotShared(t *testing.T) {
	mallory, alice := newAuthority(t, "Mallory's authority"), newAuthority(t, "Alice's authority")
	var caught atomic.Int32
	trap := serveTLS(t, with(alice.server()), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), "the-secret") {
			caught.Add(1)
		}
		_, _ = io.WriteString(w, goodToken)
	}))
	var server twoFaced
	issuer := serveTLS(t, &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return with(server.now.Load().certificate), nil
	}}, &server).URL
	newFace := func(c tls.Certificate, tokenEndpoint string) *face {
		key, err := keys.Generate("ES256", rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return &face{c, map[string]any{"issuer": issuer, "token_endpoint": tokenEndpoint, "jwks_uri": issuer + "/jwks"}, key}
	}
	evil, honest := newFace(mallory.server(), trap.URL+"/token"), newFace(alice.server(), issuer+"/token")

	d := &desk{t: t, home: t.TempDir(), in: strings.NewReader("")}
	file, ca := filepath.Join(d.home, "profiles.yaml"), filepath.Join(d.home, "ca.pem")
	profile := "    issuer: %s\n    client: {id: c, auth: client_secret_post, secret: env:SECRET}\n    tls: {ca: \"file:%s\"}\n"
	text := fmt.Sprintf("version: 1\nprofiles:\n  m:\n"+profile+"  a:\n"+profile+"  replaced:\n"+profile, issuer, mallory.file, issuer, alice.file, issuer, ca)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env = map[string]string{"HOME": d.home, "AUTHCTL_CONFIG": file, "AUTHCTL_STORE": "none", "SECRET": "the-secret"}
	forged, err := jwt.Sign(evil.key, "ES256", nil, map[string]any{"iss": issuer, "aud": "c", "exp": time.Now().Add(time.Hour).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	replace := func(by authority) {
		pem, err := os.ReadFile(by.file)
		if err == nil {
			err = os.WriteFile(ca, pem, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	decode := []string{"decode", "--verify", "--issuer", issuer, forged, "-p"}

	// Mallory's word is kept for the profile that trusts her.
	server.now.Store(evil)
	replace(mallory)
	for _, p := range []string{"m", "replaced"} {
		d.run(t.Context(), "token", "-p", p)
		if o := d.must(d.run(t.Context(), append(decode, p)...), 0); !strings.Contains(o.stdout, "VERIFIED") {
			t.Fatalf("%s: %s", p, o.stdout)
		}
	}
	// It is nothing to the one that trusts Alice, nor to the same file's new contents.
	server.now.Store(honest)
	replace(alice)
	for _, p := range []string{"a", "replaced"} {
		if o := d.must(d.run(t.Context(), "token", "-p", p), 0); o.stdout != "a-token\n" {
			t.Errorf("%s: %q", p, o.stdout)
		}
		if o := d.run(t.Context(), append(decode, p)...); o.code != 7 {
			t.Errorf("%s: exit %d, a forged token: %s", p, o.code, o.stdout)
		}
	}
	if n := caught.Load(); n != 0 {
		t.Errorf("the secret reached an endpoint that another's server named, %d times", n)
	}
}
