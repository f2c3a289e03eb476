package cmd_test

import (
	"cmp"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/keys"
)

// certificate is a self-signed client certificate and its key, as PEM files.
func certificate(t *testing.T, name string) (certFile, keyFile string, cert *x509.Certificate) {
	t.Helper()
	key, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public, key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, certFile, "CERTIFICATE", der)
	write(t, keyFile, "PRIVATE KEY", pkcs8)
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile, cert
}

func write(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A client whose proof is its certificate (RFC 8705 2), and a server whose
// authority only the profile trusts.
func TestMutualTLS(t *testing.T) {
	certFile, keyFile, cert := certificate(t, "the client")
	otherCert, otherKey, _ := certificate(t, "somebody else")
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.TLS.PeerCertificates[0].Subject.CommonName != "the client" || !strings.Contains(string(body), "client_id=mtls") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, `{"access_token":"by-certificate","token_type":"Bearer","expires_in":3600}`)
	}))
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
	s.StartTLS()
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, "CERTIFICATE", s.Certificate().Raw)

	profile := func(lines string) string {
		return fmt.Sprintf("version: 1\nprofiles:\n  m:\n    token_url: %s/token\n    client: {id: mtls, auth: tls_client_auth}\n    tls: {%s}\n", s.URL, lines)
	}
	for name, c := range map[string]struct {
		tls  string
		code int
		says string
	}{
		"certificate and key": {fmt.Sprintf(`ca: "file:%s", client_certificate: "file:%s", client_key: "file:%s"`, ca, certFile, keyFile), 0, ""},
		"an unknown authority": {
			fmt.Sprintf(`client_certificate: "file:%s", client_key: "file:%s"`, certFile, keyFile), 5, "tls.ca",
		},
		"another certificate": {
			fmt.Sprintf(`ca: "file:%s", client_certificate: "file:%s", client_key: "file:%s"`, ca, otherCert, otherKey), 5, "tls.client_certificate",
		},
		"another's key": {
			fmt.Sprintf(`ca: "file:%s", client_certificate: "file:%s", client_key: "file:%s"`, ca, certFile, otherKey), 3, "tls.client_key",
		},
	} {
		out, stderr, code := run(t, profile(c.tls), nil, "token", "-p", "m", "--store", "none")
		if code != c.code || !strings.Contains(stderr, c.says) || (code == 0) != (out == "by-certificate\n") {
			t.Errorf("%s: exit %d, stdout %q, stderr %s", name, code, out, stderr)
		}
		// doctor foretells it, and that the certificate lasts for an hour only.
		says := cmp.Or(c.says, "warn  m  tls                     the client certificate is good until")
		if out, stderr, code = run(t, profile(c.tls), nil, "doctor", "-p", "m", "--store", "none"); code != c.code || !strings.Contains(out, says) {
			t.Errorf("%s: doctor: exit %d, stderr %s\n%s", name, code, stderr, out)
		}
	}
}
