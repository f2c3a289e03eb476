// Package grant is one file for each way to obtain a token: what it adds to a
// token request, and nothing about clients, encodings or stores.
package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Grant adds grant_type and its parameters to a request.
type Grant interface {
	Name() string // as in the profile's grant field
	Apply(ctx context.Context, r *endpoint.Request) error
}

// Signer makes the assertion of the profile's grant_assertion for a server.
type Signer func(ctx context.Context, p *profile.Profile, issuer, tokenURL string) (secret.Text, error)

// Deps is what the grants of a profile need from outside.
type Deps struct {
	Secrets secret.Resolver
	Sign    Signer
}

// Builder makes the grant that a profile names.
type Builder func(ctx context.Context, p *profile.Profile) (Grant, error)

// Builtin is every grant that a profile can run without a person.
func Builtin(d Deps) map[string]Builder {
	return map[string]Builder{
		"client_credentials": func(_ context.Context, p *profile.Profile) (Grant, error) { return ClientCredentials{p}, nil },
		"token_exchange":     d.configuredExchange,
		"jwt_bearer":         d.jwtBearer,
		"saml2_bearer":       d.saml2Bearer,
	}
}

// Repeatable is true for grants whose request may be sent again after a failure.
func Repeatable(g Grant) bool { return !profile.GrantNamed(g.Name()).Once }

// setType adds grant_type, which the table of grants has.
func setType(g Grant, r *endpoint.Request) { r.Set("grant_type", profile.GrantNamed(g.Name()).Wire) }

// Target adds scope, audience, resource and authorization_details; audience and
// resource may repeat (RFC 8693 2.1, RFC 8707 2).
func Target(p *profile.Profile, r *endpoint.Request) {
	scope(p, r)
	for _, a := range p.Audience {
		r.Add("audience", a)
	}
	for _, u := range p.Resource {
		r.Add("resource", u)
	}
	if details := p.Details(); details != nil {
		r.Add("authorization_details", details) // RFC 9396 6; a form has its JSON
	}
}

// SubjectHash identifies what a grant was made from, for cache keys; "" when nothing.
func SubjectHash(g Grant) string {
	if s, ok := g.(interface{ subject() string }); ok {
		return s.subject()
	}
	return ""
}
