//go:build e2e

package cxf

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStrictAndMixed: every endpoint gives an assertion to authctl, whose bytes a
// verifier that is not authctl's takes, as they are and after base64url.
func TestStrictAndMixed(t *testing.T) {
	xmlsec, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not on this machine")
	}
	s := start(t, newPKI(t))
	var all []asks
	for endpoint := range endpoints() {
		for _, useKey := range []string{"binary_security_token", "x509_data"} {
			all = append(all, asks{Name: endpoint + "-" + useKey, Endpoint: endpoint, UseKey: useKey})
		}
	}
	authctl := s.authctl(t, all)
	verify := func(t *testing.T, assertion string) error {
		file := filepath.Join(t.TempDir(), "assertion.xml")
		if err := os.WriteFile(file, []byte(assertion), 0o600); err != nil {
			t.Fatal(err)
		}
		// The certificate that came within is not what counts.
		return exec.CommandContext(t.Context(), xmlsec, "--verify", "--enabled-key-data", "rsa", "--pubkey-cert-pem", s.pki.File("sts.pem"),
			"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", file).Run()
	}
	for _, a := range all {
		t.Run(a.Name, func(t *testing.T) {
			assertion := authctl.Must(t, "", "sts", "-p", a.Name, "-o", "xml")
			if err := verify(t, assertion); err != nil {
				t.Errorf("xmlsec1: %v\n%s", err, assertion)
			}
			if err := verify(t, strings.Replace(assertion, municipality, "09189847", 1)); err == nil {
				t.Error("xmlsec1 takes a changed one too: it verified nothing")
			}
			decoded, err := base64.RawURLEncoding.DecodeString(authctl.Must(t, "", "sts", "-p", a.Name, "-o", "base64url"))
			if err != nil || strings.TrimSpace(string(decoded)) != strings.TrimSpace(assertion) {
				t.Errorf("base64url is another: %v\n%s", err, decoded)
			}
			if !strings.Contains(assertion, ">"+municipality+"<") {
				t.Errorf("not the claimed number: %s", assertion)
			}
		})
	}
}
