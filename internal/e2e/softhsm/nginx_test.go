//go:build e2e

package softhsm

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/process"
	"authctl/internal/e2e/program"
	"authctl/internal/keys"
)

// TestMutualTLSWithAKeyOfSoftHSM: nginx asks for the certificate, and says whose it was.
func TestMutualTLSWithAKeyOfSoftHSM(t *testing.T) {
	if why := nginx.Absent(); why != "" {
		t.Skip(why)
	}
	pki := nginx.NewPKI(t)
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaf := r.Header.Get("ssl-client-cert")
		_, _ = fmt.Fprintf(w, `{"access_token":"%s-%d","token_type":"Bearer","expires_in":300}`, r.Header.Get("ssl-client-verify"), len(leaf))
	}))
	t.Cleanup(behind.Close)
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	front := nginx.Front{Port: port, Server: strings.TrimPrefix(behind.URL, "http://"), PKI: pki}
	front.Start(t)
	text := "version: 1\nprofiles:\n"
	for _, id := range []string{"01", "02", "03"} {
		sign := "./sign" + id
		if id == "03" {
			sign = "./sign01" // the private key of another
		}
		text += fmt.Sprintf(`  k%s:
    token_url: %s/token
    client: {id: app, auth: tls_client_auth}
    tls: {ca: "file:%s", client_certificate: "file:%s", client_key: {signer: [%s], public: "file:%s.pem", env: [HSM_PIN]}}
`, id, front.URL(), pki.File("ca.pem"), pki.File(id+".pem"), sign, id)
	}
	a := program.New(t, text)
	h := New(t, a.Home)
	a.Env = append(a.Env, h.Env...)
	for id, kind := range map[string]string{"01": "rsa:2048", "02": "EC:prime256v1", "03": "rsa:2048"} {
		h.Key(t, id, kind)
		public, err := os.ReadFile(filepath.Join(a.Home, id+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := keys.Load(public, keys.Options{})
		if err != nil {
			t.Fatal(err)
		}
		pki.Certify(t, id, key.Public)
	}
	for _, id := range []string{"01", "02"} {
		if got := a.Must(t, "", "token", "-p", "k"+id); !strings.HasPrefix(got, "SUCCESS-") || got == "SUCCESS-0" {
			t.Errorf("key %s: %s", id, got)
		}
	}
	r := a.Run(t, "", "token", "-p", "k03")
	if r.Code != 3 || !strings.Contains(r.Stderr, "are no PS256 signature by the key of public:") || strings.Contains(r.Stderr, "canary") {
		t.Errorf("exit %d: %s", r.Code, r.Stderr)
	}
}
