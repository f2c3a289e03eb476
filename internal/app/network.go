package app

import (
	"context"
	"net/http"

	"authctl/internal/app/wire"
	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Client is the way to the profile's server: its trust, its client
// certificate, and a trace when --verbose.
func (a *App) Client(ctx context.Context, p *profile.Profile) (*endpoint.Client, error) {
	c, _, err := a.wire(a.Secrets()).Open(ctx, p)
	return c, err
}

// Metadata finds the profile's endpoints and keys.
func (a *App) Metadata(ctx context.Context, p *profile.Profile) (*metadata.Source, error) {
	_, s, err := a.wire(a.Secrets()).Open(ctx, p)
	return s, err
}

// wire makes ways to servers; secrets is nil where they need none.
func (a *App) wire(secrets secret.Resolver) wire.Deps {
	d := wire.Deps{HTTP: a.Sys.HTTP, Env: a.Sys.Env, Now: a.Sys.Now, CacheDir: a.Settings.CacheDir, Secrets: secrets}
	if a.Settings.Verbose {
		d.Trace = endpoint.TextTrace{W: a.Sys.Err}
	}
	return d
}

// job asks GitHub for the JWT of a job of its Actions. The profile's authorities
// and its client certificate are another server's and have no part in it.
func (a *App) job(ctx context.Context, url string, bearer secret.Text) ([]byte, error) {
	answer, err := a.wire(nil).Bare().GetAs(ctx, url, bearer, endpoint.MaxBody)
	if err != nil {
		return nil, endpoint.Lost(secret.GitHubURL, url, err)
	}
	if answer.Status != http.StatusOK {
		return nil, fault.New(fault.Network, "GitHub gave this job no id token: %w", endpoint.AsRefusal(answer)).
			Hint("-v shows the exchange, secrets hidden")
	}
	return answer.Body, nil
}
