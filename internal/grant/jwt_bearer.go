package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

// JWTBearer is RFC 7523 2.1: a JWT presented as the grant itself.
type JWTBearer struct{ bearer }

// Name is jwt_bearer.
func (JWTBearer) Name() string { return "jwt_bearer" }

// Apply adds the grant's parameters.
func (g JWTBearer) Apply(_ context.Context, r *endpoint.Request) error {
	setType(g, r)
	g.apply(r)
	return nil
}

func (d Deps) jwtBearer(ctx context.Context, p *profile.Profile) (Grant, error) {
	b, err := d.readBearer(ctx, p, "jwt")
	return JWTBearer{b}, err
}
