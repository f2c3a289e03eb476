package curl

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pemFiles writes a self-signed client certificate and its key.
func pemFiles(t *testing.T, dir string) (certificate, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "device 7"},
		NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(dir, `my "crt".pem`), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

func TestTheProfilesCertificateIsUsed(t *testing.T) {
	api := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s\n", r.TLS.PeerCertificates[0].Subject.CommonName, r.Header.Get("Authorization"))
	}))
	api.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	api.StartTLS()
	defer api.Close()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	other := newServer(t, nil)
	j := job(t, other, "-sS", "-o", filepath.Join(dir, "out"), "-w", "%{http_code}", api.URL+"/")
	j.Hosts = []string{strings.TrimPrefix(api.URL, "https://")}
	j.Certificates.CA = ca
	j.Certificates.Certificate, j.Certificates.Key = pemFiles(t, dir)
	run(t, j).want(t, 0, "200")
	if got, _ := os.ReadFile(filepath.Join(dir, "out")); string(got) != "device 7 bearer canary-token-1\n" {
		t.Errorf("%q", got)
	}
	j.Certificates.Certificate, j.Certificates.Key = "", ""
	if r := run(t, j); r.code == 0 {
		t.Errorf("without the certificate: %+v", r)
	}
	j.Certificates.CA = ""
	if r := run(t, j); r.code != 60 {
		t.Errorf("without the CA: %+v", r)
	}
}
