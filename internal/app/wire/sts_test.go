package wire

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// named are secrets by the names of their references.
type named map[string]string

func (n named) Resolve(_ context.Context, _ string, r secret.Ref) (secret.Text, error) {
	return secret.New(n[r.Name]), nil
}

// pair is a certificate with its key, in one PEM.
func pair(t *testing.T, serial int64) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
}

// Who an assertion is asked for is shown in TLS where the protocol is that, and a
// renegotiation is taken there alone. The certificate of tls: is for the profile's own
// server. Nobody else is sent the message.
func TestTheWayToAnSTS(t *testing.T) {
	const own, holders = 7, 8
	for _, c := range []struct {
		protocol    string
		shown       int64 // the serial number of the certificate, 0: none
		renegotiate tls.RenegotiationSupport
	}{
		{profile.SOAP12, 0, tls.RenegotiateNever},
		{profile.SOAP11, 0, tls.RenegotiateNever},
		{profile.MTLSJSON, holders, tls.RenegotiateOnceAsClient},
	} {
		shown, elsewhere := int64(0), 0
		another := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
		defer another.Close()
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, c := range r.TLS.PeerCertificates {
				shown = c.SerialNumber.Int64()
			}
			http.Redirect(w, r, another.URL, http.StatusTemporaryRedirect)
		}))
		server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		server.StartTLS()
		defer server.Close()
		ref := func(name string) secret.Ref { return secret.Ref{Kind: secret.Keyring, Name: name} }
		p := profile.Default()
		p.TLS.CA, p.TLS.ClientCertificate = ref("ca"), ref("own")
		p.STS = profile.STS{URL: server.URL, Protocol: c.protocol, Key: ref("holders"), Certificate: ref("holders")}
		s := STS{Deps{
			Env: func(string) (string, bool) { return "", false }, Now: time.Now,
			Secrets: named{
				"ca":  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
				"own": pair(t, own), "holders": pair(t, holders),
			},
		}}
		holder, err := s.Holder(t.Context(), &p)
		if err != nil || holder.Leaf.SerialNumber.Int64() != holders {
			t.Fatal(err)
		}
		way, err := s.Way(t.Context(), &p, holder)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := way.Post(t.Context(), &endpoint.Request{Profile: &p, URL: server.URL, Document: &endpoint.Document{Body: []byte("x"), ContentType: "text/xml"}})
		if err != nil || answer.Status != http.StatusTemporaryRedirect || shown != c.shown || elsewhere != 0 {
			t.Errorf("%s: %d, certificate %d was shown, %d sent elsewhere, %v", c.protocol, answer.Status, shown, elsewhere, err)
		}
		config := way.(*endpoint.Client).HTTP.(*http.Transport).TLSClientConfig
		if config.Renegotiation != c.renegotiate {
			t.Errorf("%s: renegotiation %v", c.protocol, config.Renegotiation)
		}
	}
}
