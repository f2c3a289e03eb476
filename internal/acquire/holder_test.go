package acquire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	encpem "encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
)

// Whether the holder-of-key certificate is the client's is an early warning: a
// key that cannot be compared is one, too, and no reason to send nothing.
func TestTheHoldersKeyIsComparedWhereItCanBe(t *testing.T) {
	mine := ecKey(t, elliptic.P256())
	der, err := x509.MarshalPKCS8PrivateKey(mine)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, encpem.EncodeToMemory(&encpem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	none := secretstore.NewResolver(secretstore.Sources{Env: func(string) (string, bool) { return "", false }})
	p := profile.Default()
	p.Client.Auth = "private_key_jwt"
	if p.Client.Key, err = secret.ParseRef("file:" + file); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		holder any // nil: crypto/x509 gives no key of a kind that it does not know
		warns  string
	}{
		"the client's":     {&mine.PublicKey, ""},
		"another":          {&ecKey(t, elliptic.P256()).PublicKey, "is for the holder of key"},
		"of no known kind": {nil, "is not compared with client.key"},
	} {
		var warnings strings.Builder
		a := New(Deps{Now: time.Now, Secrets: none, Warn: func(line string) { warnings.WriteString(line) }})
		s := grant.Subject{Assertion: &saml.Assertion{HolderOfKeyCert: &x509.Certificate{PublicKey: c.holder}}}
		if err := a.CheckSubject(t.Context(), &p, s, false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.warns == "" && warnings.Len() > 0 || !strings.Contains(warnings.String(), c.warns) {
			t.Errorf("%s: %q", name, warnings.String())
		}
	}
	p.Client.Key = secret.Ref{}
	for _, m := range profile.AuthMethods() { // a client without a key has none to compare
		a := New(Deps{Now: time.Now, Secrets: none, Warn: func(string) {}})
		s := grant.Subject{Assertion: &saml.Assertion{HolderOfKeyCert: &x509.Certificate{PublicKey: &mine.PublicKey}}}
		p.Client.Auth = m.Name
		if err := a.CheckSubject(t.Context(), &p, s, false); (err != nil) != m.Uses(profile.ClientKey) {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
