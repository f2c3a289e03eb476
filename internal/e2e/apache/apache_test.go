//go:build e2e

package apache

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"authctl/internal/e2e/nginx"
)

// TestItAsksLate: httpd asks by renegotiation, which Go refuses where it is not told otherwise.
func TestItAsksLate(t *testing.T) {
	pki := nginx.NewPKI(t)
	want := pki.Client(t, "client", false)
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got, err := Certificate(r); err != nil || !got.Equal(want) {
			t.Errorf("the certificate that came: %v", err)
		}
		_, _ = io.Copy(w, r.Body)
	}))
	t.Cleanup(behind.Close)
	url := Front{Path: "/issue", Server: behind.URL, PKI: pki}.Start(t)
	certificate, err := tls.LoadX509KeyPair(pki.File("client.pem"), pki.File("client.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		renegotiation tls.RenegotiationSupport
		want          string
	}{
		"once":  {tls.RenegotiateOnceAsClient, "body"},
		"never": {tls.RenegotiateNever, "no renegotiation"},
	} {
		transport := pki.Transport()
		transport.TLSClientConfig.Certificates = []tls.Certificate{certificate}
		transport.TLSClientConfig.Renegotiation, transport.TLSClientConfig.MaxVersion = c.renegotiation, tls.VersionTLS12
		resp, err := (&http.Client{Transport: transport}).Post(url, "text/plain", strings.NewReader("body"))
		got := ""
		if err == nil {
			text, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			got = string(text)
		} else {
			got = err.Error()
		}
		if !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
