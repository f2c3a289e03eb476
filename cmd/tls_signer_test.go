package cmd_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// signs is a signer: as docs/signers.md has it, by openssl with a key in a file.
const signs = `echo x >>count; case $AUTHCTL_SIGN_ALG in PS*) set -- -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest;; esac; exec openssl pkeyutl -sign -inkey "$KEY" -pkeyopt digest:$AUTHCTL_SIGN_HASH "$@"`

// A client certificate whose key a program has: the handshake is signed by it,
// and by nothing else.
func TestAClientCertificateWithASigner(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil || runtime.GOOS == "windows" {
		t.Skip("openssl and sh are the signer")
	}
	ca := newAuthority(t, "an authority")
	config := with(ca.server())
	config.ClientAuth = tls.RequireAnyClientCert
	var requests atomic.Int32
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = fmt.Fprintf(w, `{"access_token":"%s-%x","token_type":"Bearer","expires_in":300}`, r.TLS.PeerCertificates[0].Subject.CommonName, r.TLS.Version)
	})
	newest := serveTLS(t, config, handler)
	older := config.Clone()
	older.MaxVersion = tls.VersionTLS12
	old := serveTLS(t, older, handler)
	dir := t.TempDir()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"rsa": rsaKey, "ec": ecKey, "other": otherKey} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name+".key"), "PRIVATE KEY", der)
		write(t, filepath.Join(dir, name+".pem"), "CERTIFICATE", ca.sign(&x509.Certificate{
			Subject: pkix.Name{CommonName: name}, SerialNumber: big.NewInt(3), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		}, key.Public()).Raw)
	}
	for name, c := range map[string]struct {
		server, key, public, script string
		code                        int
		out, says                   string
	}{
		"RSA, TLS 1.3":      {newest.URL, "rsa", "rsa", signs, 0, "rsa-304\n", ""},
		"RSA, TLS 1.2":      {old.URL, "rsa", "rsa", signs, 0, "rsa-303\n", ""},
		"EC, TLS 1.3":       {newest.URL, "ec", "ec", signs, 0, "ec-304\n", ""},
		"EC, TLS 1.2":       {old.URL, "ec", "ec", signs, 0, "ec-303\n", ""},
		"another key's":     {newest.URL, "rsa", "rsa", strings.Replace(signs, "$KEY", "other.key", 1), 3, "", "are no PS256 signature by the key of public:"},
		"zeros":             {newest.URL, "rsa", "rsa", "echo x >>count; exec head -c 256 /dev/zero", 3, "", "256 bytes are no PS256 signature"},
		"it fails":          {newest.URL, "rsa", "rsa", "echo x >>count; echo no token in slot 0 >&2; exit 1", 3, "", "tls.client_key, for " + newest.URL + "/token: the signer sh failed: exit status 1: no token in slot 0"},
		"another's, old":    {old.URL, "rsa", "rsa", "echo x >>count; exec head -c 256 /dev/zero", 3, "", "signature by the key of public:"},
		"of another public": {newest.URL, "rsa", "ec", signs, 3, "", "tls.client_key is not the key of tls.client_certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			requests.Store(0)
			here := t.TempDir()
			script := "cd " + here + "; KEY=" + filepath.Join(dir, c.key+".key") + "; " + strings.ReplaceAll(c.script, "other.key", filepath.Join(dir, "other.key"))
			profile := fmt.Sprintf(`version: 1
profiles:
  m:
    token_url: %s/token
    client: {id: m, auth: tls_client_auth}
    tls: {ca: "file:%s", client_certificate: "file:%s", client_key: {signer: [sh, -c, %q, sign], public: "file:%s"}}
`, c.server, ca.file, filepath.Join(dir, c.key+".pem"), script, filepath.Join(dir, c.public+".pem"))
			out, stderr, code := run(t, profile, nil, "token", "-p", "m", "--store", "none")
			if code != c.code || out != c.out || !strings.Contains(stderr, c.says) {
				t.Errorf("exit %d, %q: %s", code, out, stderr)
			}
			if asked := requests.Load(); c.code != 0 && asked != 0 {
				t.Errorf("%d requests", asked)
			}
			if c.public == "ec" && c.key == "rsa" {
				return
			}
			// A card counts wrong PINs: what failed is not tried again.
			if ran, _ := exec.CommandContext(t.Context(), "wc", "-l", filepath.Join(here, "count")).Output(); !strings.HasPrefix(strings.TrimSpace(string(ran)), "1 ") {
				t.Errorf("it ran %s times", ran)
			}
			told, _, _ := run(t, profile, nil, "doctor", "-p", "m", "--store", "none")
			if !strings.Contains(told, "its signer was not run") {
				t.Errorf("doctor ran it unasked: %s", told)
			}
			told, _, code = run(t, profile, nil, "doctor", "-p", "m", "--store", "none", "--run-commands")
			if (code == 0) != (c.code == 0) || c.code == 0 && !strings.Contains(told, "its signer signs") {
				t.Errorf("doctor: exit %d: %s", code, told)
			}
		})
	}
}
