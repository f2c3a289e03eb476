//go:build e2e

package cxf

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStrictAndMixed: every endpoint gives an assertion to authctl, whose bytes a
// verifier that is not authctl's takes, as they are and after base64url.
func TestStrictAndMixed(t *testing.T) {
	s := start(t, newPKI(t))
	lives := map[string]int64{} // seconds, by profile
	all := []asks{
		{Name: "identity", More: "claims_dialect: identity"},
		{Name: "bearer", More: "key_type: bearer"},
		{Name: "ten-minutes", More: "lifetime: 10m"},
	}
	for endpoint := range endpoints() {
		for _, useKey := range []string{"binary_security_token", "x509_data"} {
			all = append(all, asks{Name: endpoint + "-" + useKey, Endpoint: endpoint, More: "use_key: " + useKey})
		}
	}
	authctl := s.authctl(t, all)
	for _, a := range all {
		switch {
		case a.Name == "ten-minutes":
			lives[a.Name] = 600
		case a.Endpoint == "certificatemixed": // whose confirmation ends before the assertion
			lives[a.Name] = 1200
		default:
			lives[a.Name] = 1800
		}
	}
	for name, life := range lives {
		t.Run(name, func(t *testing.T) {
			assertion := authctl.Must(t, "", "sts", "-p", name, "-o", "xml")
			s.verifies(t, assertion)
			if !strings.Contains(assertion, ">"+municipality+"<") {
				t.Errorf("not the claimed number: %s", assertion)
			}
			decoded, err := base64.RawURLEncoding.DecodeString(authctl.Must(t, "", "sts", "-p", name, "-o", "base64url"))
			if err != nil || string(decoded) != assertion {
				t.Errorf("base64url is another: %v\n%s", err, decoded)
			}
			var said struct {
				Left int64 `json:"expires_in"`
			}
			err = json.Unmarshal([]byte(authctl.Must(t, "", "sts", "-p", name, "-o", "json")), &said)
			if err != nil || said.Left > life || said.Left < life-60 {
				t.Errorf("%d seconds are left, want almost %d: %v", said.Left, life, err)
			}
		})
	}
}

// verifies wants xmlsec1 to take the assertion, and no other. The certificate that the
// assertion brings is not asked.
func (s *server) verifies(t *testing.T, assertion string) {
	t.Helper()
	for text, want := range map[string]bool{assertion: true, strings.Replace(assertion, municipality, "09189847", 1): false} {
		file := filepath.Join(t.TempDir(), "assertion.xml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "xmlsec1", "--verify", "--enabled-key-data", "rsa", "--pubkey-cert-pem", s.pki.File("sts.pem"),
			"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", file).CombinedOutput()
		if errors.Is(err, exec.ErrNotFound) {
			t.Log("xmlsec1 is not on this machine")
			return
		}
		if got := err == nil; got != want {
			t.Errorf("xmlsec1 takes it: %v, want %v: %.300s\n%s", got, want, out, text)
		}
	}
}
