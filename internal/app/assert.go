package app

import (
	"context"

	"authctl/internal/clientauth"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// ClientAssertion is the client assertion that p would send now. The network
// is asked only when assertion.audience is the token URL and the profile does
// not have it.
func (a *App) ClientAssertion(ctx context.Context, p *profile.Profile) (secret.Text, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Settings.Timeout) // the key may be a pipe
	defer cancel()
	tokenURL := p.TokenURL
	if p.Assertion.Audience == "token_url" && tokenURL == "" {
		source, err := a.Metadata(ctx, p)
		if err != nil {
			return secret.Text{}, err
		}
		found, err := source.Resolve(ctx, p, metadata.NeedToken)
		if err != nil {
			return secret.Text{}, err
		}
		tokenURL = found.TokenIdentity()
	}
	d := clientauth.Deps{Secrets: a.Secrets(), Now: a.Sys.Now, Rand: a.Sys.Rand, Warn: a.Warn}
	return clientauth.Assertion(ctx, d, p, p.Issuer, tokenURL)
}
