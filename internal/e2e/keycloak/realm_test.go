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
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"text/template"
	"time"

	"authctl/internal/keys"
)

//go:embed testdata/ehealth-realm.json.tmpl
var realmTemplate string

// realm is what the tests know of the imported realm: client eoj with a
// registered certificate, public client app, clients with a secret or a key, and one user.
type realm struct {
	key         *rsa.PrivateKey
	certificate []byte // DER
	Secret      string
	Keys        []registered
	Hosted      *hosted
	User        string
	Password    string
}

// registered is a client and its key.
type registered struct {
	Client, Alg string
	JWKS        string
	key         *keys.Key
}

func newRegistered(client, alg string) (registered, error) {
	key, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		return registered{}, err
	}
	public, err := key.PublicJWK()
	if err != nil {
		return registered{}, err
	}
	// Keycloak takes a key without kid as the only one and asks for alg and use.
	public.Kid, public.Alg, public.Use = client, alg, "sig"
	set, err := json.Marshal(map[string][]keys.JWK{"keys": {public}})
	return registered{client, alg, string(set), key}, err
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
	r := &realm{key: key, certificate: der, Secret: rand.Text() + rand.Text(), Hosted: newHosted(), User: "anna", Password: rand.Text()}
	for client, alg := range map[string]string{"rs256": "RS256", "ps256": "PS256", "es256": "ES256"} {
		made, err := newRegistered(client, alg)
		if err != nil {
			return nil, err
		}
		r.Keys = append(r.Keys, made)
	}
	return r, nil
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

// write puts key.pem, crt.pem, secret and the keys by client into folder, as clients keep them.
func (r *realm) write(folder string) error {
	for _, c := range r.Keys {
		der, err := c.key.PKCS8()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, c.Client+".der"), der, 0o600); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "secret"), []byte(r.Secret), 0o600); err != nil {
		return err
	}
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
