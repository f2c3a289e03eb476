package app

import (
	"context"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/app/shared"
	"authctl/internal/app/wire"
	"authctl/internal/clientauth"
	"authctl/internal/grant"
	"authctl/internal/login/flows"
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
	way := a.wire(secrets)
	lazy := &wire.Lazy{Deps: way, Profile: p}
	auth := clientauth.Deps{Secrets: secrets, Now: a.Sys.Now, Rand: a.Sys.Rand, Warn: a.once()}
	sign := func(ctx context.Context, p *profile.Profile, issuer, tokenURL string) (secret.Text, error) {
		return clientauth.Grant(ctx, auth, p, clientauth.Server{Issuer: issuer, TokenURL: tokenURL})
	}
	var forToken acquire.Store
	if kept.ask {
		forToken = shared.Outage(kept, p, a.Warn)
	}
	return acquire.New(acquire.Deps{
		Metadata: lazy, Poster: lazy, STS: wire.STS{Deps: way}, Store: kept, ForToken: forToken, Ready: kept.Ready,
		Grants:  grant.Builtin(grant.Deps{Secrets: secrets, Sign: sign}),
		Auths:   clientauth.Builtin(auth),
		Secrets: secrets,
		Now:     a.Sys.Now, Rand: a.Sys.Rand, Sleep: sleep, Warn: a.Warn, Busy: a.Busy, Timeout: a.Settings.Timeout,
		Renewed: flows.Deps{Metadata: a.Metadata, Now: a.Sys.Now}.Renewed, Spending: a.Sys.Spending,
	}), nil
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
