package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Bearer is an assertion presented as the grant itself.
type Bearer struct {
	Profile   *profile.Profile
	Assertion secret.Text // wire form
	Kind      string      // jwt_bearer (RFC 7523 2.1) or saml2_bearer (RFC 7522 2.1)
}

// Name is jwt_bearer or saml2_bearer.
func (g Bearer) Name() string { return g.Kind }

// Apply adds the grant's parameters.
func (g Bearer) Apply(_ context.Context, r *endpoint.Request) error {
	uri := "urn:ietf:params:oauth:grant-type:jwt-bearer"
	if g.Kind == "saml2_bearer" {
		uri = "urn:ietf:params:oauth:grant-type:saml2-bearer"
	}
	r.Set("grant_type", uri)
	r.SetSecret("assertion", g.Assertion)
	target(g.Profile, r)
	return nil
}

func (d Deps) jwtBearer(ctx context.Context, p *profile.Profile) (Grant, error) {
	return d.bearer(ctx, p, "jwt_bearer", "jwt")
}

func (d Deps) saml2Bearer(ctx context.Context, p *profile.Profile) (Grant, error) {
	return d.bearer(ctx, p, "saml2_bearer", "saml2")
}

func (d Deps) bearer(ctx context.Context, p *profile.Profile, kind, tokenType string) (Grant, error) {
	if p.Exchange.SubjectToken.IsZero() {
		return nil, fault.New(fault.Config, "grant %s needs exchange.subject_token, the assertion", kind).
			Hint("set exchange.subject_token to file:PATH or command: [...] in profile %s", p.Name)
	}
	text, err := d.Secrets.Resolve(ctx, p.Name, p.Exchange.SubjectToken)
	if err != nil {
		return nil, err
	}
	s, err := WireSubject([]byte(text.Reveal()), tokenType)
	if err != nil {
		return nil, err
	}
	return Bearer{Profile: p, Assertion: s.Token, Kind: kind}, nil
}

// SubjectHash identifies what a grant was made from, for cache keys; "" when nothing.
func SubjectHash(g Grant) string {
	switch g := g.(type) {
	case TokenExchange:
		return g.Subject.Hash() + g.Actor.Hash()
	case Bearer:
		return Subject{Token: g.Assertion, Type: g.Kind}.Hash()
	default:
		return ""
	}
}
