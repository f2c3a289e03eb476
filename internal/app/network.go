package app

import (
	"context"
	"net/http"
	"path/filepath"
	"runtime"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
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
	c := a.wire()
	var t trust.Trust
	if c.HTTP == nil {
		var err error
		if t, err = a.trust().Of(ctx, p); err != nil {
			return nil, nil, err
		}
		c.HTTP = endpoint.NewTransport(endpoint.Setup{TLS: t.Config, Env: a.Sys.Env})
	}
	s := &metadata.Source{HTTP: c, Now: a.Sys.Now}
	if dir := a.Settings.CacheDir; dir != "" {
		s.Cache = metadata.Disk{Dir: filepath.Join(dir, "metadata"), Trust: t.Digest, Now: a.Sys.Now}
	}
	return c, s, nil
}

// wire is a client without a network of its own, unless the System has one.
func (a *App) wire() *endpoint.Client {
	c := &endpoint.Client{HTTP: a.Sys.HTTP, UserAgent: "authctl (" + runtime.GOOS + ")", Now: a.Sys.Now}
	if a.Settings.Verbose {
		c.Trace = endpoint.TextTrace{W: a.Sys.Err}
	}
	return c
}

// job asks GitHub for the JWT of a job of its Actions. The profile's authorities
// and its client certificate are another server's and have no part in it.
func (a *App) job(ctx context.Context, url string, bearer secret.Text) ([]byte, error) {
	c := a.wire()
	if c.HTTP == nil {
		c.HTTP = endpoint.NewTransport(endpoint.Setup{Env: a.Sys.Env})
	}
	answer, err := c.GetAs(ctx, url, bearer, endpoint.MaxBody)
	if err != nil {
		return nil, endpoint.Lost(secret.GitHubURL, url, err)
	}
	if answer.Status != http.StatusOK {
		return nil, fault.New(fault.Network, "GitHub gave this job no id token: %w", endpoint.AsRefusal(answer)).
			Hint("-v shows the exchange, secrets hidden")
	}
	return answer.Body, nil
}

func (a *App) trust() trust.Deps { return trust.Deps{Secrets: a.Secrets(), Env: a.Sys.Env} }
