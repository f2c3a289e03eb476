package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
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
