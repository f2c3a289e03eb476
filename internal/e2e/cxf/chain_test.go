//go:build e2e

package cxf

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

// TestTheChain: from a certificate to a token. The assertion is CXF's, and who
// exchanges it is the sandbox's KL Gateway, which verifies it by other code than authctl's.
func TestTheChain(t *testing.T) {
	pki := newPKI(t)
	_, signer := load(t, pki, "sts")
	box, err := sandbox.Start(t.Context(), sandbox.Options{Now: time.Now, Rand: rand.Reader, Signers: []*x509.Certificate{signer}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	certificate := filepath.Join(box.Dir(), "klg-cert.pem")
	s := start(t, pki, certificate)
	profile := func(endpoint string) string {
		return fmt.Sprintf(`  %[1]s:
    preset: kl-gateway
    issuer: %[2]s/klg/auth/realms/ehealth
    client: {id: eoj, key: "file:%[3]s/klg-key.pem", certificate: "file:%[4]s"}
    tls: {ca: "file:%[5]s"}
    sts: {url: %[6]s%[1]s, claims: [{name: "%[7]s", value: "%[8]s"}]}
`, endpoint, box.URL, box.Dir(), certificate, pki.File("ca.pem"), s.base, claimName, municipality)
	}
	authctl := program.New(t, "version: 1\nprofiles:\n"+profile("certificatemixed")+profile("asym"))
	first := authctl.Must(t, "", "token", "-p", "certificatemixed")
	if claims := payload(t, first); !strings.Contains(claims, `"cvr":"`+municipality+`"`) {
		t.Errorf("the token is of another municipality: %s", claims)
	}
	for _, args := range [][]string{{"token", "--force"}, {"exchange", "--force"}} {
		if again := authctl.Must(t, "", append(args, "-p", "certificatemixed")...); again == first {
			t.Errorf("%v gave the same token", args)
		}
	}
	// CXF's own assertions say nothing of when the confirmation ends, which this gateway wants to know.
	r := authctl.Run(t, "", "token", "-p", "asym")
	if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, "SubjectConfirmationData has no NotOnOrAfter") {
		t.Errorf("exit %d, want 4: %s", r.Code, r.Stderr)
	}
}

func payload(t *testing.T, token string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token+"..", ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
