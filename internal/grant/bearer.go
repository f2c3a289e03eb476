package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// bearer is what the JWT and the SAML bearer grant share (RFC 7521 4.1).
type bearer struct {
	profile   *profile.Profile
	assertion Subject
	from      secret.Ref
}

func (b bearer) apply(r *endpoint.Request) {
	r.SetSecret("assertion", b.assertion.Token)
	Target(b.profile, r)
}

func (b bearer) subject() string { return madeFrom(b.assertion, b.from) }

// readBearer reads the profile's exchange.subject_token as the assertion.
func (d Deps) readBearer(ctx context.Context, p *profile.Profile, kind string) (bearer, error) {
	if p.Exchange.SubjectToken.IsZero() {
		return bearer{}, fault.New(fault.Config, "grant %s needs exchange.subject_token, the assertion", p.Grant).
			Hint("set exchange.subject_token to file:PATH or command: [...] in profile %s", p.Name)
	}
	text, err := d.Secrets.Resolve(ctx, p.Name, p.Exchange.SubjectToken)
	if err != nil {
		return bearer{}, err
	}
	s, err := WireSubject("assertion", []byte(text.Reveal()), kind)
	return bearer{p, s, p.Exchange.SubjectToken}, err
}
