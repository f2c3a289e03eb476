package app

import (
	"context"
	"path/filepath"
	"runtime"

	"authctl/internal/endpoint"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/trust"
)

// Client is the way to the profile's server: its trust, its client
// certificate, and a trace when --verbose.
func (a *App) Client(ctx context.Context, p *profile.Profile) (*endpoint.Client, error) {
	c, _, err := a.network(ctx, p)
	return c, err
}

// Metadata finds the profile's endpoints and keys.
func (a *App) Metadata(ctx context.Context, p *profile.Profile) (*metadata.Source, error) {
	_, s, err := a.network(ctx, p)
	return s, err
}

// network is both, under the trust of p.
func (a *App) network(ctx context.Context, p *profile.Profile) (*endpoint.Client, *metadata.Source, error) {
	c := &endpoint.Client{HTTP: a.Sys.HTTP, UserAgent: "authctl (" + runtime.GOOS + ")", Now: a.Sys.Now}
	var t trust.Trust
	if c.HTTP == nil {
		var err error
		if t, err = a.trust().Of(ctx, p); err != nil {
			return nil, nil, err
		}
		c.HTTP = endpoint.NewTransport(endpoint.Setup{TLS: t.Config, Env: a.Sys.Env})
	}
	if a.Settings.Verbose {
		c.Trace = endpoint.TextTrace{W: a.Sys.Err}
	}
	s := &metadata.Source{HTTP: c, Now: a.Sys.Now}
	if dir := a.Settings.CacheDir; dir != "" {
		s.Cache = metadata.Disk{Dir: filepath.Join(dir, "metadata"), Trust: t.Digest, Now: a.Sys.Now}
	}
	return c, s, nil
}

func (a *App) trust() trust.Deps { return trust.Deps{Secrets: a.Secrets(), Env: a.Sys.Env} }
