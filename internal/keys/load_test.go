package keys

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// The kid, thumbprints and forbidden values of the published example key.
const (
	exampleKID        = "rqjgLIDzVg8CYwfTYph00J4YLr6cXQVO7WXKtw7sY6w"
	exampleThumbprint = "fkQNoq2Mf-ZexAvocplliumPUBpjCa_D2giM5A5yZeI"
	exampleX5TS256    = "eNQEBc3VcNDDk81jwJ6mnNrAg59LrEUw5se6If5u7YI"
	exampleX5T        = "m2uOmDCeU4kkNbqrHQuGxPM4od8"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil || len(data) == 0 {
		t.Fatalf("testdata %s: %v", name, err)
	}
	return data
}

// Keys that are whole and cannot sign here are not called damaged.
func TestKeysOfOtherKinds(t *testing.T) {
	x25519, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	xDER, err := x509.MarshalPKCS8PrivateKey(x25519)
	if err != nil {
		t.Fatal(err)
	}
	// Ed448 (RFC 8410): id-Ed448 and a key of 57 bytes.
	ed448, err := asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, 113}}, append([]byte{4, 57}, make([]byte, 57)...)})
	if err != nil {
		t.Fatal(err)
	}
	for name, der := range map[string][]byte{"X25519": xDER, "Ed448": ed448} {
		for form, data := range map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})} {
			_, err := Load(data, Options{})
			if err == nil || !strings.Contains(err.Error(), "Ed25519") || strings.Contains(err.Error(), "*") {
				t.Errorf("%s %s: %v", name, form, err)
			}
		}
	}
}

func utf16le(s []byte) []byte {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(string(s))) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func utf16be(s []byte) []byte {
	out := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(string(s))) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return out
}

func crlf(s []byte) []byte { return bytes.ReplaceAll(s, []byte("\n"), []byte("\r\n")) }

func der(t testing.TB, s []byte) []byte {
	t.Helper()
	b, _ := pem.Decode(s)
	if b == nil {
		t.Fatal("no PEM")
	}
	return b.Bytes
}

func pkcs1(t testing.TB, s []byte) []byte {
	t.Helper()
	k, err := Load(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x509.MarshalPKCS1PublicKey(asRSA(t, k))
}

// forms are all the ways one and the same public key comes in.
func forms(t testing.TB) map[string][]byte {
	pub, crt := file(t, "klg-public-key.pem"), file(t, "klg-holder-of-key.crt.pem")
	bag := append([]byte("Bag Attributes\n    localKeyID: 01 \n    friendlyName: n\xf8gle\nsubject=CN = x\n"), crt...)
	jwk := jwkOf(t, pub)
	quoted, _ := json.Marshal(string(jwk))
	percent, _ := json.Marshal(url.PathEscape(string(jwk)))
	escaped := strings.ReplaceAll(string(jwk), `"`, `\u0022`)
	return map[string][]byte{
		"pem": pub, "certificate": crt, "crlf": crlf(pub), "crlf certificate": crlf(crt),
		"utf-16le": utf16le(pub), "utf-16be": utf16be(pub), "utf-16le crlf certificate": utf16le(crlf(crt)),
		"utf-8 bom":        append([]byte{0xEF, 0xBB, 0xBF}, pub...),
		"old mac":          bytes.ReplaceAll(pub, []byte("\n"), []byte("\r")),
		"no final newline": bytes.TrimRight(pub, "\n"), "der": der(t, pub), "der certificate": der(t, crt),
		"pkcs#1":        pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1(t, pub)}),
		"pkcs#1 der":    pkcs1(t, pub),
		"bag":           bag,
		"bag crlf":      crlf(bag),
		"key and crt":   append(append([]byte{}, pub...), crt...),
		"twice":         append(append([]byte{}, crt...), crt...),
		"jwk":           jwk,
		"jwk utf-16":    utf16le(jwk),
		"jwks":          []byte(`{"keys":[` + string(jwk) + `]}`),
		"json string":   quoted,
		"percent":       percent,
		"bare percent":  []byte(url.PathEscape(string(jwk))),
		"bare escaped":  []byte(escaped),
		"escaped":       []byte(`"` + escaped + `"`),
		"string string": mustJSON(t, string(quoted)),
		"pem string":    mustJSON(t, string(pub)),
	}
}

func TestLoadEveryFormOfOneKey(t *testing.T) {
	for name, data := range forms(t) {
		k, err := Load(data, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if kid, err := k.SPKISHA256(); err != nil || kid != exampleKID {
			t.Errorf("%s: kid %s, %v", name, kid, err)
		}
		if kid, err := k.Thumbprint(); err != nil || kid != exampleThumbprint {
			t.Errorf("%s: thumbprint %s, %v", name, kid, err)
		}
	}
}

func TestCertificateThumbprints(t *testing.T) {
	k, err := Load(file(t, "klg-holder-of-key.crt.pem"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := k.X5T(); v != exampleX5T || err != nil {
		t.Errorf("x5t %s, %v", v, err)
	}
	if v, err := k.X5TS256(); v != exampleX5TS256 || err != nil {
		t.Errorf("x5t#S256 %s, %v", v, err)
	}
	if k, _ = Load(file(t, "klg-public-key.pem"), Options{}); k != nil {
		if v, err := k.X5TS256(); err == nil {
			t.Errorf("a bare key has x5t#S256 %s", v)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	pub, hok, sts := file(t, "klg-public-key.pem"), file(t, "klg-holder-of-key.crt.pem"), file(t, "klg-sts-signer.crt.pem")
	for name, data := range map[string][]byte{
		"empty": nil, "spaces": []byte(" \r\n\t"), "bom only": {0xFF, 0xFE}, "text": []byte("hello, this is no key\n"),
		"cut off":        pub[:len(pub)/2],
		"cut in the end": append(append([]byte{}, hok...), pub[:100]...),
		"two leaves":     append(append([]byte{}, hok...), sts...),
		"other's key":    append(append([]byte{}, sts...), pub...),
		"csr":            csr(t),
		"csr der":        der(t, csr(t)),
		"odd utf-16":     append(utf16le(pub), 0x41),
		"json":           []byte(`{"a":1}`),
		"json list":      []byte(`[1]`),
		"no kty":         []byte(`{"n":"AQAB","e":"AQAB"}`),
		"too big":        append(file(t, "klg-public-key.pem"), bytes.Repeat([]byte(" "), MaxSize)...),
		"x25519":         []byte(`{"kty":"OKP","crv":"X25519","x":"` + base64.RawURLEncoding.EncodeToString(make([]byte, 32)) + `"}`),
		"off the curve":  []byte(`{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}`),
		"short ed25519":  []byte(`{"kty":"OKP","crv":"Ed25519","x":"AQAB"}`),
		"empty oct":      []byte(`{"kty":"oct","k":""}`),
		"parameters":     []byte("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"),
		"deep":           mustJSON(t, string(mustJSON(t, string(mustJSON(t, string(mustJSON(t, jwkA))))))),
	} {
		if k, err := Load(data, Options{}); err == nil {
			t.Errorf("%s: loaded %s", name, k.Describe())
		}
	}
}

func TestSeveralKeysAreListed(t *testing.T) {
	data := append(file(t, "klg-holder-of-key.crt.pem"), file(t, "klg-sts-signer.crt.pem")...)
	_, err := Load(data, Options{})
	if err == nil || !strings.Contains(err.Error(), "kombit-sp-t-demo-serv") || !strings.Contains(err.Error(), "test-ekstern") {
		t.Errorf("not both are named: %v", err)
	}
}

func TestGenerateRoundTrips(t *testing.T) {
	for _, alg := range []string{"RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"} {
		k, err := Generate(alg, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := k.PKCS8()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Load(der, Options{})
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		want, _ := k.SPKISHA256()
		if got, _ := again.SPKISHA256(); got != want || again.Signer == nil {
			t.Errorf("%s: %s, want %s", alg, got, want)
		}
		if err := again.CheckSigning(alg); err != nil {
			t.Error(err)
		}
		if !again.Fits(alg) {
			t.Errorf("%s does not fit its own key", alg)
		}
	}
	if _, err := Generate("HS256", rand.Reader); err == nil {
		t.Error("HS256 has a key pair")
	}
}
