package grant

import (
	"context"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

// ClientCredentials is RFC 6749 4.4.
type ClientCredentials struct{ Profile *profile.Profile }

// Name is client_credentials.
func (ClientCredentials) Name() string { return "client_credentials" }

// Apply adds the grant's parameters.
func (g ClientCredentials) Apply(_ context.Context, r *endpoint.Request) error {
	setType(g, r)
	Target(g.Profile, r)
	return nil
}

// scope is one blank-separated parameter (RFC 6749 3.3), absent when empty.
func scope(p *profile.Profile, r *endpoint.Request) {
	if len(p.Scopes) > 0 {
		r.Set("scope", strings.Join(p.Scopes, " "))
	}
}
