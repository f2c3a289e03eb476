package app

import (
	"context"
	"strings"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/app/shared"
	"authctl/internal/clientauth"
	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/login/flows"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Acquirer is the token pipeline of p. The network is set up with its first request.
func (a *App) Acquirer(p *profile.Profile) (*acquire.Acquirer, error) {
	kept, err := a.Stores()
	if err != nil {
		return nil, err
	}
	secrets := a.Secrets()
	wire := &lazyWire{app: a, profile: p}
	auth := clientauth.Deps{Secrets: secrets, Now: a.Sys.Now, Rand: a.Sys.Rand, Warn: a.once()}
	sign := func(ctx context.Context, p *profile.Profile, issuer, tokenURL string) (secret.Text, error) {
		return clientauth.Grant(ctx, auth, p, clientauth.Server{Issuer: issuer, TokenURL: tokenURL})
	}
	var forToken acquire.Store
	if kept.ask {
		forToken = shared.Outage(kept, p, a.Warn)
	}
	return acquire.New(acquire.Deps{
		Metadata: wire, Poster: wire, Store: kept, ForToken: forToken, Ready: kept.Ready,
		Grants:  grant.Builtin(grant.Deps{Secrets: secrets, Sign: sign}),
		Auths:   clientauth.Builtin(auth),
		Secrets: secrets,
		Now:     a.Sys.Now, Rand: a.Sys.Rand, Sleep: sleep, Warn: a.Warn, Busy: a.Busy, Timeout: a.Settings.Timeout,
		Renewed: flows.Deps{Metadata: a.Metadata, Now: a.Sys.Now}.Renewed, Spending: a.Sys.Spending,
	}), nil
}

// lazyWire builds transport and metadata when the first request needs them: a
// fresh token out of the store must not read a CA file.
type lazyWire struct {
	app     *App
	profile *profile.Profile
	client  *endpoint.Client
	source  *metadata.Source
}

func (w *lazyWire) open(ctx context.Context) error {
	if w.client != nil {
		return nil
	}
	c, s, err := w.app.network(ctx, w.profile)
	if err == nil {
		w.client, w.source = c, s
	}
	return err
}

// Post sends one request.
func (w *lazyWire) Post(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
	if err := w.open(ctx); err != nil {
		return endpoint.Answer{}, err
	}
	return w.client.Post(ctx, r)
}

// Resolve finds the endpoints. What needs them asks for secrets next, and then sends its request.
func (w *lazyWire) Resolve(ctx context.Context, p *profile.Profile, needs ...metadata.Need) (metadata.Endpoints, error) {
	if err := w.open(ctx); err != nil {
		return metadata.Endpoints{}, err
	}
	e, err := w.source.Resolve(ctx, p, needs...)
	if scheme, _, _ := strings.Cut(e.Token, ":"); p.TLS.CA.IsZero() && w.app.Sys.HTTP == nil {
		endpoint.RootsAhead(scheme)
	}
	return e, err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
