package main

import (
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

// far is that server, and the files of those who ask it.
type far struct {
	server      *httptest.Server
	system, own string // profiles files: the system's roots, or the server's authority only
	bundle      string // of the system's roots and the server's authority
	empty       string // a folder
}

// reach starts the server and writes the files.
func (b *bed) reach() error {
	server, err := b.farServer()
	if err != nil {
		return err
	}
	in := func(name string) string { return filepath.Join(b.folder, name) }
	b.far = far{server, in("far-system.yaml"), in("far-own.yaml"), in("bundle.pem"), in("no-roots")}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	roots, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt") // none is a machine without roots
	profile := "version: 1\nprofiles:\n  salus:\n" + strings.Replace(salus(string(b.box.ProfilesYAML())), b.box.URL, server.URL, 1)
	for file, text := range map[string]string{
		in("ca.pem"): string(cert), b.far.bundle: string(roots) + string(cert),
		b.far.system: profile, b.far.own: profile + "    tls: {ca: \"file:" + in("ca.pem") + "\"}\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return os.MkdirAll(b.far.empty, 0o700)
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
