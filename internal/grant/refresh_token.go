package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/secret"
)

// RefreshToken is RFC 6749 6. Scope is left out: the new token has what was granted.
type RefreshToken struct{ Token secret.Text }

// Name is refresh_token.
func (RefreshToken) Name() string { return "refresh_token" }

// Apply adds the grant's parameters.
func (g RefreshToken) Apply(_ context.Context, r *endpoint.Request) error {
	r.Set("grant_type", "refresh_token")
	r.SetSecret("refresh_token", g.Token)
	return nil
}
