package app

import (
	"context"
	"errors"
	"net/url"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// VerifyByServer verifies a token under the keys of the profile's server. A
// key that is not among the cached ones is worth one fetch of the JWKS
// (rotation), never more.
func (a *App) VerifyByServer(ctx context.Context, p *profile.Profile, token string, o jwt.VerifyOptions) (*jwt.Token, error) {
	source, err := a.Metadata(ctx, p)
	if err != nil {
		return nil, err
	}
	if o.Keys, err = source.Keys(ctx, p, false); err != nil {
		return nil, err
	}
	t, err := jwt.Verify(token, o)
	if !errors.Is(err, jwt.ErrUnknownKey) {
		return t, err
	}
	if o.Keys, err = source.Keys(ctx, p, true); err != nil {
		return nil, err
	}
	return jwt.Verify(token, o)
}

// JWKS fetches a JWK Set that the user named: https, or http on loopback.
func (a *App) JWKS(ctx context.Context, at string) ([]*keys.Key, error) {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !profile.Loopback(u.Hostname()) {
		return nil, fault.New(fault.Usage, "a JWKS is fetched from an https URL only, or from http on loopback")
	}
	client, err := a.Client(ctx, &profile.Profile{})
	if err != nil {
		return nil, err
	}
	answer, err := client.Get(ctx, at, keys.MaxSize)
	if err != nil {
		return nil, endpoint.Lost("the JWKS", at, err)
	}
	if answer.Status != 200 {
		return nil, fault.New(fault.Network, "fetching the JWKS %s: HTTP %d", at, answer.Status)
	}
	set, err := keys.ParseJWKS(answer.Body)
	if err != nil {
		return nil, fault.New(fault.Network, "JWKS %s: %w", at, err)
	}
	return keys.PublicOnly(set), nil
}
