package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

// SAML2Bearer is RFC 7522 2.1: a SAML assertion presented as the grant itself,
// base64url of its bytes without padding.
type SAML2Bearer struct{ bearer }

// NewSAML2Bearer is the grant of an assertion that p's security token service gave.
func NewSAML2Bearer(p *profile.Profile, assertion Subject) SAML2Bearer {
	return SAML2Bearer{bearer{profile: p, assertion: assertion}}
}

// Name is saml2_bearer.
func (SAML2Bearer) Name() string { return "saml2_bearer" }

// Apply adds the grant's parameters.
func (g SAML2Bearer) Apply(_ context.Context, r *endpoint.Request) error {
	setType(g, r)
	g.apply(r)
	return nil
}

func (d Deps) saml2Bearer(ctx context.Context, p *profile.Profile) (Grant, error) {
	b, err := d.readBearer(ctx, p, "saml2")
	return SAML2Bearer{b}, err
}
