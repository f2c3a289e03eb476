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
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// texts resolves the reference to a file to a text by its path.
type texts map[string]string

func (t texts) Resolve(_ context.Context, _ string, r secret.Ref) (secret.Text, error) {
	return secret.New(t[r.Path]), nil
}

func holderPEM(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text
}

// What is shown to the security token service is the holder's certificate, in mutual
// TLS alone, and never that of tls:, which is for the token endpoint.
func TestTheCertificateShownToTheSTS(t *testing.T) {
	holder, _ := holderPEM(t)
	_, others := holderPEM(t)
	for name, c := range map[string]struct {
		protocol      string
		auth          tls.ClientAuthType
		shown         int
		trace, wanted string
	}{
		"soap12, asked":        {profile.SOAP12, tls.RequestClientCert, 0, "client certificate: asked for, and none is shown", ""},
		"soap12, demanded":     {profile.SOAP12, tls.RequireAnyClientCert, 0, "", "check sts.protocol"},
		"mtls-json, asked":     {profile.MTLSJSON, tls.RequestClientCert, 1, "client certificate: asked for and sent", ""},
		"mtls-json, not taken": {profile.MTLSJSON, tls.RequireAndVerifyClientCert, 0, "", "the certificate of sts.certificate is"},
	} {
		t.Run(name, func(t *testing.T) {
			seen := -1
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen = len(r.TLS.PeerCertificates)
				if seen > 0 && string(r.TLS.PeerCertificates[0].Raw) != string(holder.Certificate[0]) {
					t.Error("it is another's certificate")
				}
				_, _ = w.Write([]byte("<a/>"))
			}))
			server.TLS = &tls.Config{ClientAuth: c.auth, ClientCAs: x509.NewCertPool(), MaxVersion: tls.VersionTLS12}
			server.StartTLS()
			defer server.Close()
			ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
			p := profile.Default()
			p.TLS.CA = secret.Ref{Kind: secret.File, Path: "ca"}
			p.TLS.ClientCertificate = secret.Ref{Kind: secret.File, Path: "others"}
			p.STS.Certificate = secret.Ref{Kind: secret.File, Path: "holder"}
			p.STS.Key = p.STS.Certificate
			p.STS.Protocol = c.protocol
			var trace strings.Builder
			d := Deps{Env: func(string) (string, bool) { return "", false }, Now: time.Now, Trace: endpoint.TextTrace{W: &trace}, Secrets: texts{"ca": ca, "others": others}}
			way, err := STS{d}.Way(t.Context(), &p, holder)
			if err != nil {
				t.Fatal(err)
			}
			_, err = way.Post(t.Context(), &endpoint.Request{Profile: &p, URL: server.URL, Document: &endpoint.Document{Body: []byte("<b/>"), ContentType: "text/xml"}})
			if c.wanted != "" {
				told := strings.Join(endpoint.Lost("sts.url", server.URL, err).Hints, " ")
				if err == nil || !strings.Contains(told, c.wanted) {
					t.Errorf("%v: %s", err, told)
				}
				return
			}
			if err != nil || seen != c.shown || !strings.Contains(trace.String(), c.trace) || !strings.Contains(trace.String(), "(4 bytes: XML)\n") {
				t.Errorf("%v, %d certificates were shown: %s", err, seen, trace.String())
			}
		})
	}
}
