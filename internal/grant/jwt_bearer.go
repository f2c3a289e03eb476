package grant

import (
	"context"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

// JWTBearer is RFC 7523 2.1: a JWT presented as the grant itself.
type JWTBearer struct {
	bearer
	sign Signer // nil: the assertion is there already
}

// Name is jwt_bearer.
func (JWTBearer) Name() string { return "jwt_bearer" }

// Apply adds the grant's parameters. An assertion that the client signs is a
// new one for each request: its jti is single use (RFC 7523 3).
func (g JWTBearer) Apply(ctx context.Context, r *endpoint.Request) error {
	setType(g, r)
	if g.sign != nil {
		text, err := g.sign(ctx, g.profile, r.Issuer, r.TokenURL)
		if err != nil {
			return err
		}
		g.assertion.Token = text
	}
	g.apply(r)
	if g.sign != nil && g.profile.GrantAssertion.Scope == "claim" {
		r.Omit([]string{"scope"})
		r.Scope = strings.Join(g.profile.Scopes, " ")
	}
	return nil
}

func (d Deps) jwtBearer(ctx context.Context, p *profile.Profile) (Grant, error) {
	if p.GrantAssertion != nil {
		return JWTBearer{bearer{profile: p}, d.Sign}, nil
	}
	b, err := d.readBearer(ctx, p, "jwt")
	return JWTBearer{bearer: b}, err
}
