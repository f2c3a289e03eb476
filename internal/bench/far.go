package main

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// roundTrip is how far away the https server is; what the client sends arrives that much later.
const roundTrip = 20 * time.Millisecond

// far compares the system's roots with one authority of the profile's own, at an https server 20 ms away.
func (b *bed) far() row {
	system, own := filepath.Join(b.folder, "far-system.yaml"), filepath.Join(b.folder, "far-own.yaml")
	bundle, ca := filepath.Join(b.folder, "bundle.pem"), filepath.Join(b.folder, "ca.pem")
	cold := with(b.args("token", "-p", "salus"), "AUTHCTL_STORE=none", "SSL_CERT_FILE="+bundle)
	r := ratio("`token`, `store: none`, https at 20 ms, the system's roots", "the same with one own CA", "<= 1.08x",
		with(cold, "AUTHCTL_CONFIG="+system), with(cold, "AUTHCTL_CONFIG="+own))
	measure := r.measure
	r.measure = func(ctx context.Context, authctls []string) ([]string, error) {
		s, err := b.farServer()
		if err != nil {
			return nil, err
		}
		defer s.Close()
		cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
		roots, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt") // none is a machine without roots
		body := strings.Replace(salus(string(b.box.ProfilesYAML())), b.box.URL, s.URL, 1)
		profile := "version: 1\nprofiles:\n  salus:\n" + body
		for file, text := range map[string]string{
			ca: string(cert), bundle: string(roots) + string(cert),
			system: profile, own: profile + "    tls: {ca: \"file:" + ca + "\"}\n",
		} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				return nil, err
			}
		}
		return measure(ctx, authctls)
	}
	return r
}

// farServer is the sandbox behind TLS and a delay for each of connecting, handshake and request.
func (b *bed) farServer() (*httptest.Server, error) {
	target, err := url.Parse(b.box.URL)
	if err != nil {
		return nil, err
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(roundTrip)
		r.Host = target.Host
		proxy.ServeHTTP(w, r)
	}))
	s.Listener = slow{s.Listener}
	s.StartTLS()
	return s, nil
}
