package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"path/filepath"
	"runtime"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Client is the way to the profile's server: its trust, its client
// certificate, and a trace when --verbose.
func (a *App) Client(ctx context.Context, p *profile.Profile) (*endpoint.Client, error) {
	transport, err := a.transport(ctx, p)
	if err != nil {
		return nil, err
	}
	c := &endpoint.Client{HTTP: transport, UserAgent: "authctl (" + runtime.GOOS + ")", Now: a.Sys.Now}
	if a.Settings.Verbose {
		c.Trace = endpoint.TextTrace{W: a.Sys.Err}
	}
	return c, nil
}

// Metadata finds the profile's endpoints and keys.
func (a *App) Metadata(ctx context.Context, p *profile.Profile) (*metadata.Source, error) {
	c, err := a.Client(ctx, p)
	if err != nil {
		return nil, err
	}
	return a.metadata(c), nil
}

func (a *App) metadata(c *endpoint.Client) *metadata.Source {
	s := &metadata.Source{HTTP: c, Now: a.Sys.Now}
	if dir := a.Settings.CacheDir; dir != "" {
		s.Cache = metadata.Disk{Dir: filepath.Join(dir, "metadata"), Now: a.Sys.Now}
	}
	return s
}

func (a *App) transport(ctx context.Context, p *profile.Profile) (http.RoundTripper, error) {
	if a.Sys.HTTP != nil {
		return a.Sys.HTTP, nil
	}
	config, err := a.tlsConfig(ctx, p)
	if err != nil {
		return nil, err
	}
	return endpoint.NewTransport(config), nil
}

// tlsConfig is the profile's tls: extra trust, and the certificate of mutual
// TLS (RFC 8705). nil when the profile says nothing.
func (a *App) tlsConfig(ctx context.Context, p *profile.Profile) (*tls.Config, error) {
	t := p.TLS
	if t.CA.IsZero() && t.ClientCertificate.IsZero() {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if !t.CA.IsZero() {
		pem, err := a.Secrets().Resolve(ctx, p.Name, t.CA)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(pem.Reveal())) {
			return nil, fault.New(fault.Config, "tls.ca %s holds no PEM certificate", t.CA)
		}
	}
	if !t.ClientCertificate.IsZero() {
		pair, err := a.clientCertificate(ctx, p)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func (a *App) clientCertificate(ctx context.Context, p *profile.Profile) (tls.Certificate, error) {
	keyRef := p.TLS.ClientKey
	if keyRef.IsZero() {
		// One PEM file with both is common.
		keyRef = p.TLS.ClientCertificate
	}
	var pems [2]secret.Text
	for i, ref := range []secret.Ref{p.TLS.ClientCertificate, keyRef} {
		text, err := a.Secrets().Resolve(ctx, p.Name, ref)
		if err != nil {
			return tls.Certificate{}, err
		}
		pems[i] = text
	}
	pair, err := tls.X509KeyPair([]byte(pems[0].Reveal()), []byte(pems[1].Reveal()))
	if err != nil {
		return tls.Certificate{}, fault.New(fault.Config, "tls.client_certificate and tls.client_key: %w", err).
			Hint("both PEM, and the key must be the certificate's")
	}
	return pair, nil
}
