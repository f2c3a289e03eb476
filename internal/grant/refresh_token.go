package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// RefreshToken is RFC 6749 6. What is left out is as it was granted; Scopes may
// narrow it (6), Audience and Resource say which API the token is for (RFC 8707 2.2).
type RefreshToken struct {
	Token                      secret.Text
	Scopes, Audience, Resource []string
}

// Name is refresh_token.
func (RefreshToken) Name() string { return "refresh_token" }

// Apply adds the grant's parameters.
func (g RefreshToken) Apply(_ context.Context, r *endpoint.Request) error {
	setType(g, r)
	r.SetSecret("refresh_token", g.Token)
	Target(&profile.Profile{Scopes: g.Scopes, Audience: g.Audience, Resource: g.Resource}, r)
	return nil
}
