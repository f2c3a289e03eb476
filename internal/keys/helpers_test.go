package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
)

func asRSA(t testing.TB, k *Key) *rsa.PublicKey {
	t.Helper()
	pub, ok := k.Public.(*rsa.PublicKey)
	if !ok {
		t.Fatalf("%T", k.Public)
	}
	return pub
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// jwkOf is the public JWK of a key file.
func jwkOf(t testing.TB, data []byte) []byte {
	t.Helper()
	k, err := Load(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := k.PublicJWK()
	if err != nil {
		t.Fatal(err)
	}
	return mustJSON(t, j)
}

func csr(t testing.TB) []byte {
	t.Helper()
	k, err := Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

// x5c is the public JWK of one file with the certificate of another.
func x5c(t testing.TB, key, cert string) []byte {
	t.Helper()
	j := string(jwkOf(t, file(t, key)))
	return []byte(j[:len(j)-1] + `,"x5c":["` + base64.StdEncoding.EncodeToString(der(t, file(t, cert))) + `"]}`)
}

func b64Std(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// wrap breaks lines at 76 characters, as base64(1) does.
func wrap(s string) string {
	var out strings.Builder
	for len(s) > 76 {
		out.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return out.String() + s + "\n"
}
