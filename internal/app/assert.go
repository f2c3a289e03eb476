package app

import (
	"context"

	"authctl/internal/clientauth"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Assertion is the client assertion that p would send now, or that of its
// grant. The network is asked only when its audience is the token URL and the
// profile does not have it.
func (a *App) Assertion(ctx context.Context, p *profile.Profile, ofGrant bool) (secret.Text, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Settings.Timeout) // the key may be a pipe
	defer cancel()
	tokenURL, shape := p.TokenURL, p.Assertion
	if ofGrant {
		shape = p.GrantAssertion.Assertion
	}
	if shape.Audience == "token_url" && tokenURL == "" {
		source, err := a.Metadata(ctx, p)
		if err != nil {
			return secret.Text{}, err
		}
		found, err := source.Resolve(ctx, p, metadata.NeedToken)
		if err != nil {
			return secret.Text{}, err
		}
		tokenURL = found.Audience(p)
	}
	d := clientauth.Deps{Secrets: a.Secrets(), Now: a.Sys.Now, Rand: a.Sys.Rand, Warn: a.Warn}
	if ofGrant {
		return clientauth.Grant(ctx, d, p, clientauth.Server{Issuer: p.Issuer, TokenURL: tokenURL})
	}
	return clientauth.Assertion(ctx, d, p, p.Issuer, tokenURL)
}
