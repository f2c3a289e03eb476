//go:build e2e

package nginx

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// PKI is a folder with an authority's ca.pem, and server.pem and server.key that it
// issued for localhost.
type PKI struct {
	Folder string
	ca     *x509.Certificate
	key    crypto.Signer
}

// NewPKI makes an authority that ends with the test.
func NewPKI(t *testing.T) *PKI {
	t.Helper()
	p := &PKI{Folder: t.TempDir()}
	p.key = newKey(t)
	p.ca = p.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "authctl e2e"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, p.key)
	write(t, p.File("ca.pem"), "CERTIFICATE", p.ca.Raw)
	key := newKey(t)
	p.write(t, "server", key, p.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, p.ca, key))
	return p
}

// Transport trusts the authority.
func (p *PKI) Transport() *http.Transport {
	roots := x509.NewCertPool()
	roots.AddCert(p.ca)
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
}

// File is the path of a file of the folder.
func (p *PKI) File(name string) string { return filepath.Join(p.Folder, name) }

// Client makes NAME.pem and NAME.key: a client's certificate with the subject CN=NAME,
// issued by the authority or by itself.
func (p *PKI) Client(t *testing.T, name string, selfSigned bool) *x509.Certificate {
	t.Helper()
	issuer, key := p.ca, newKey(t)
	if selfSigned {
		issuer = nil
	}
	c := p.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, issuer, key)
	p.write(t, name, key, c)
	return c
}

// RSA is Client with an RSA key.
func (p *PKI) RSA(t *testing.T, name string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, name, key, p.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, p.ca, key))
}

// Certify makes NAME.pem of a client whose private key is elsewhere.
func (p *PKI) Certify(t *testing.T, name string, public crypto.PublicKey) {
	t.Helper()
	c := p.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, p.ca, public, p.key)
	write(t, p.File(name+".pem"), "CERTIFICATE", c.Raw)
}

// sign completes and signs a certificate; a nil issuer is itself.
func (p *PKI) sign(t *testing.T, c, issuer *x509.Certificate, key crypto.Signer) *x509.Certificate {
	t.Helper()
	if issuer == nil {
		return p.issue(t, c, c, key.Public(), key)
	}
	return p.issue(t, c, issuer, key.Public(), p.key)
}

func (p *PKI) issue(t *testing.T, c, issuer *x509.Certificate, public crypto.PublicKey, signer crypto.Signer) *x509.Certificate {
	t.Helper()
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (p *PKI) write(t *testing.T, name string, key crypto.Signer, c *x509.Certificate) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, p.File(name+".key"), "PRIVATE KEY", der)
	write(t, p.File(name+".pem"), "CERTIFICATE", c.Raw)
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func write(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}
