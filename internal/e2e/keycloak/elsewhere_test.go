//go:build e2e

package keycloak

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"authctl/internal/e2e/program"
	"authctl/internal/e2e/softhsm"
	"authctl/internal/e2e/tpm"
	"authctl/internal/keys"
)

// hosted is the JWKS of the client elsewhere, which Keycloak fetches.
type hosted struct {
	URL  string
	jwks atomic.Pointer[[]byte]
}

func newHosted() *hosted {
	h := &hosted{}
	h.URL = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if text := h.jwks.Load(); text != nil {
			_, _ = w.Write(*text)
		}
	})).URL // until the process ends, as Keycloak does
	return h
}

// TestTokensByKeysThatAreElsewhere: Keycloak grants tokens to who signs with a key
// that only SoftHSM2, or a TPM, holds.
func TestTokensByKeysThatAreElsewhere(t *testing.T) {
	g := needsReal(t)
	cases := []struct{ name, alg string }{{"01", "RS512"}, {"01", "PS256"}, {"02", "ES256"}}
	withTPM := tpm.Absent() == ""
	if withTPM {
		cases = append(cases, struct{ name, alg string }{"rsa", "RS256"}, struct{ name, alg string }{"rsa", "PS256"}, struct{ name, alg string }{"ec", "ES256"})
	} else {
		t.Log(tpm.Absent())
	}
	text := "version: 1\nprofiles:\n"
	for _, c := range cases {
		text += fmt.Sprintf(`  %[1]s-%[2]s:
    issuer: %[3]s
    grant: client_credentials
    client: {id: elsewhere, auth: private_key_jwt, key: {signer: [./sign%[1]s], public: "file:%[1]s.pem", env: [HSM_PIN]}}
    assertion: {alg: %[2]s, kid: %[1]s-%[2]s}
`, c.name, c.alg, g.issuer())
	}
	a := program.New(t, text)
	h := softhsm.New(t, a.Home)
	h.Key(t, "01", "rsa:2048")
	h.Key(t, "02", "EC:prime256v1")
	a.Env = append(a.Env, h.Env...)
	if withTPM {
		m := tpm.New(t, a.Home)
		m.Key(t, "rsa", "rsa2048", "0x81010001")
		m.Key(t, "ec", "ecc256", "0x81010002")
		a.Env = append(a.Env, m.Env...)
	}
	var set []keys.JWK
	for _, c := range cases {
		pem, err := os.ReadFile(filepath.Join(a.Home, c.name+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := keys.Load(pem, keys.Options{})
		if err != nil {
			t.Fatal(err)
		}
		public, err := key.PublicJWK()
		if err != nil {
			t.Fatal(err)
		}
		// Keycloak takes a key without alg for one of RS256.
		public.Kid, public.Alg, public.Use = c.name+"-"+c.alg, c.alg, "sig"
		set = append(set, public)
	}
	jwks, err := json.Marshal(map[string][]keys.JWK{"keys": set})
	if err != nil {
		t.Fatal(err)
	}
	g.Hosted.jwks.Store(&jwks)
	for _, c := range cases {
		r := a.Run(t, "", "token", "-p", c.name+"-"+c.alg)
		if r.Code != 0 || g.active(t, strings.TrimSpace(r.Stdout)) != "elsewhere" {
			t.Errorf("%s by %s: exit %d: %s", c.alg, c.name, r.Code, r.Stderr)
		}
		if strings.Contains(r.Stdout+r.Stderr, "canary") {
			t.Error("the PIN is shown")
		}
	}
}
