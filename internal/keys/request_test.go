package keys

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

// TestRequest: crypto/x509 reads what we ask for, in each kind of key.
func TestRequest(t *testing.T) {
	for _, alg := range []string{"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"} {
		key, err := Generate(alg, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for subject, want := range map[string]string{
			"CN=work,O=Example,C=NO": "CN=work,O=Example,C=NO", "/C=NO/O=Example, Inc/CN=work": "CN=work,O=Example\\, Inc,C=NO", "CN=Ærø": "CN=Ærø",
		} {
			text, err := key.Request(subject)
			if err != nil {
				t.Fatal(err)
			}
			block, _ := pem.Decode(text)
			r, err := x509.ParseCertificateRequest(block.Bytes)
			if err != nil || r.CheckSignature() != nil || r.Subject.String() != want {
				t.Errorf("%s: %v, %v", alg, err, r)
				continue
			}
			asked, err := x509.MarshalPKIXPublicKey(r.PublicKey)
			mine, _ := key.SPKI()
			if err != nil || string(asked) != string(mine) {
				t.Errorf("%s: another key", alg)
			}
		}
		for _, subject := range []string{"", "work", "CN=", "X=y", "CN=a,,C=NO", "C=" + string([]byte{0xff}), "CN=a,C=NOR", "C=1x", "CN=a\x1b[2J", "CN=" + strings.Repeat("a", 65)} {
			if _, err := key.Request(subject); err == nil {
				t.Errorf("%q was taken", subject)
			}
		}
	}
}
