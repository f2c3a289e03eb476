package sandbox_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/wstrust"
)

// asking is the client's wish at this sandbox; pinned: the STS's certificate is known.
func asking(s *issuer, pinned bool) wstrust.Asking {
	s.t.Helper()
	read := func(der []byte) *x509.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			s.t.Fatal(err)
		}
		return c
	}
	sts := profile.DefaultSTS()
	sts.URL, sts.AppliesTo = s.URL+stsURL, careGateway
	sts.Claims = []profile.STSClaim{{Name: "dk:gov:saml:attribute:CvrNumberIdentifier", Value: "29189846"}}
	a := wstrust.Asking{
		STS: sts, Certificate: read(leaf(s.box, "klg")), Key: s.key("klg-key.pem").Signer,
		Now: func() time.Time { return s.now }, Rand: rand.Reader,
	}
	if pinned {
		block, _ := pem.Decode([]byte(s.get("/klg/sts/certificate", nil).raw))
		a.Signers = []*x509.Certificate{read(block.Bytes)}
	}
	return a
}

func issuedTo(s *issuer, a wstrust.Asking) (*saml.Assertion, error) {
	s.t.Helper()
	m, err := a.Message()
	if err != nil {
		s.t.Fatal(err)
	}
	r := s.send(http.MethodPost, stsURL, map[string]string{"Content-Type": m.ContentType, "Accept": m.Accept}, string(m.Body))
	return a.Read(m, r.status, r.header.Get("Content-Type"), []byte(r.raw))
}

// What the client writes is taken by a verifier that was written apart from it, and what
// it reads is taken by the realm, with and without a pin.
func TestSTSClient(t *testing.T) {
	s := newIssuer(t)
	for _, pinned := range []bool{false, true} {
		for _, fault := range []string{"", "sts-crlf=1", "sts-inherited-namespaces=1"} {
			if fault != "" {
				s.fault(fault)
			}
			got, err := issuedTo(s, asking(s, pinned))
			if err != nil {
				t.Errorf("pinned %v, %s: %v\n%s", pinned, fault, err, s.said())
				continue
			}
			s.must(swapped(s.box, string(got.Raw)))
		}
	}
}

// What the client says of each fault.
func TestSTSClientFaults(t *testing.T) {
	s := newIssuer(t)
	a := asking(s, true)
	for name, want := range map[string]string{
		"sts-503": "unreadable", "sts-html": "unreadable",
		"sts-clock": "InvalidSecurity", "sts-no-agreement": "101", "sts-unknown-certificate": "5607", "sts-fault-other": "5999",
		"sts-encrypted": "unfit", "sts-other-holder": "unfit", "sts-other-audience": "unfit", "sts-two-assertions": "unfit",
		"sts-short-lived": "unfit", "sts-other-cvr": "unfit", "sts-other-relates": "unfit",
	} {
		s.fault(name + "=1")
		_, err := issuedTo(s, a)
		var fault *wstrust.Fault
		var unreadable *wstrust.Unreadable
		var unfit *wstrust.Unfit
		got := ""
		switch {
		case errors.As(err, &fault):
			got = fault.Code()
		case errors.As(err, &unreadable):
			got = "unreadable"
		case errors.As(err, &unfit):
			got = "unfit"
		}
		if got != want || strings.Contains(err.Error(), "Sandbox.Pipeline") {
			t.Errorf("%s: %q %v, want %s", name, got, err, want)
		}
		t.Logf("%s: %v", name, err)
	}
}
