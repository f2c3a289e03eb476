package trust

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"strings"
	"testing"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

// texts resolves the reference to a file to a text by its path.
type texts map[string]string

func (t texts) Resolve(_ context.Context, _ string, r secret.Ref) (secret.Text, error) {
	return secret.New(t[r.Path]), nil
}

// What is said of a key is about the field that names its file.
func TestTheFieldOfAKey(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	sealed, err := os.ReadFile("../keys/testdata/sealed/aes-128-cbc.pem")
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{Secrets: texts{"certificate": certificate, "sealed": string(sealed), "both": certificate + string(sealed)}}
	p := &profile.Profile{Name: "p"}
	for name, c := range map[string]struct{ certificate, key, want string }{
		"a certificate as key": {"", "certificate", "x.key: no private key in it"},
		"a certificate alone":  {"certificate", "", "the private key of x.certificate is missing"},
		"an encrypted key":     {"certificate", "sealed", "the key of x.key is encrypted"},
		"an encrypted one too": {"", "both", "the key of x.key is encrypted"},
		"beside a certificate": {"both", "", "the key of x.certificate is encrypted"},
	} {
		h := Holder{Certificate: profile.RefAt{Path: "x.certificate"}, Key: profile.RefAt{Path: "x.key"}, Passphrase: profile.RefAt{Path: "x.passphrase"}}
		if c.certificate != "" {
			h.Certificate.Ref = secret.Ref{Kind: secret.File, Path: c.certificate}
		}
		if c.key != "" {
			h.Key.Ref = secret.Ref{Kind: secret.File, Path: c.key}
		}
		if _, err := d.Pair(t.Context(), p, h); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
