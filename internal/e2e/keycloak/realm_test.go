//go:build e2e

package keycloak

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"text/template"
	"time"
)

//go:embed testdata/ehealth-realm.json.tmpl
var realmTemplate string

// realm is what the tests know of the imported realm: client eoj with a
// registered certificate, public client app, and one user.
type realm struct {
	key         *rsa.PrivateKey
	certificate []byte // DER
	User        string
	Password    string
}

func newRealm() (*realm, error) {
	key := newKey()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "eoj"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &realm{key: key, certificate: der, User: "anna", Password: rand.Text()}, nil
}

// Certificate is what Keycloak's client attribute holds: base64 of the DER.
func (r *realm) Certificate() string { return base64.StdEncoding.EncodeToString(r.certificate) }

// file is the realm as Keycloak imports it.
func (r *realm) file() ([]byte, error) {
	t, err := template.New("realm").Parse(realmTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// write puts key.pem and crt.pem into folder, as a client keeps them.
func (r *realm) write(folder string) error {
	der, err := x509.MarshalPKCS8PrivateKey(r.key)
	if err != nil {
		return err
	}
	for name, block := range map[string]*pem.Block{
		"key.pem": {Type: "PRIVATE KEY", Bytes: der},
		"crt.pem": {Type: "CERTIFICATE", Bytes: r.certificate},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			return err
		}
	}
	return nil
}
