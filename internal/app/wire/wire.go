// Package wire makes the ways that the commands of one process take to servers,
// each under the trust of its profile.
package wire

import (
	"context"
	"crypto/tls"
	"net/http"
	"path/filepath"
	"runtime"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/trust"
)

// Deps is what every way is made of.
type Deps struct {
	HTTP     http.RoundTripper // in place of the network, for tests; nil: the network
	Env      func(string) (string, bool)
	Now      func() time.Time
	Trace    endpoint.Tracer // nil: silence
	CacheDir string          // of discovery documents; "": they are not kept
	Secrets  secret.Resolver
}

// Bare is a client that shows no certificate and believes whom the system believes.
func (d Deps) Bare() *endpoint.Client { return d.client(nil, "") }

func (d Deps) client(config *tls.Config, field string) *endpoint.Client {
	c := &endpoint.Client{HTTP: d.HTTP, UserAgent: "authctl (" + runtime.GOOS + ")", Now: d.Now, Trace: d.Trace}
	if c.HTTP == nil {
		c.HTTP = endpoint.NewTransport(endpoint.Setup{TLS: config, Env: d.Env, Field: field})
	}
	return c
}

// Trust reads whom a profile believes.
func (d Deps) Trust() trust.Deps { return trust.Deps{Secrets: d.Secrets, Env: d.Env} }

// Open is the way to the profile's server: its trust and its client certificate. The
// source finds the server's endpoints and keys by it.
func (d Deps) Open(ctx context.Context, p *profile.Profile) (*endpoint.Client, *metadata.Source, error) {
	var t trust.Trust
	if d.HTTP == nil {
		var err error
		if t, err = d.Trust().Of(ctx, p); err != nil {
			return nil, nil, err
		}
	}
	c := d.client(t.Config, "")
	s := &metadata.Source{HTTP: c, Now: d.Now}
	if d.CacheDir != "" {
		s.Cache = metadata.Disk{Dir: filepath.Join(d.CacheDir, "metadata"), Trust: t.Digest, Now: d.Now}
	}
	return c, s, nil
}
