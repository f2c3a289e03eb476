// Package metadata finds an authorization server's endpoints and keys: what
// the profile says, and else what the server's discovery document says
// (RFC 8414, OpenID Connect Discovery). Nothing found here ever enters a
// client assertion: a hostile document must not choose its audience.
package metadata

import (
	"cmp"
	"context"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// Endpoints is everything the commands may need of a server; empty means unknown.
type Endpoints struct {
	Issuer        string
	Token         string
	Authorize     string
	PAR           string // RFC 9126
	Device        string // RFC 8628
	JWKS          string
	Revocation    string // RFC 7009
	EndSession    string
	IssInCallback bool // RFC 9207
	RequirePAR    bool // RFC 9126 5

	Aliases Aliases
	Offers  Offers

	published string // the token endpoint's own URL where Token is its mTLS alias
}

// TokenIdentity is the URL by which a client assertion names the token
// endpoint: the published one, also when an mTLS alias is where requests go
// (RFC 8705 5 gives a second way to the same endpoint, not a second endpoint).
func (e Endpoints) TokenIdentity() string { return cmp.Or(e.published, e.Token) }

// Getter fetches a public document without following redirects.
type Getter interface {
	Get(ctx context.Context, url string, limit int64) (endpoint.Answer, error)
}

// Cache keeps documents between processes, apart for every trust: what came
// from a server that one profile believes must not serve another. Both may fail
// silently, the document is then fetched.
type Cache interface {
	Load(url string) ([]byte, bool)
	Save(url string, body []byte)
}

// Source resolves endpoints and keys.
type Source struct {
	HTTP  Getter
	Cache Cache // nil: none
	Now   func() time.Time
}

// Resolve gives the endpoints of p. The profile's own URLs win. The document
// is asked only when a needed endpoint is missing and discovery is not never,
// or when discovery is always.
func (s *Source) Resolve(ctx context.Context, p *profile.Profile, needs ...Need) (Endpoints, error) {
	e := configured(p)
	missing := firstMissing(e, needs)
	if p.Discovery == "always" || (missing != "" && p.Discovery != "never" && p.Issuer != "") {
		found, err := s.discover(ctx, p)
		if err != nil {
			return Endpoints{}, err
		}
		e = overlay(found.aliased(p), e)
		missing = firstMissing(e, needs)
	}
	if missing != "" {
		return Endpoints{}, fault.New(fault.Config, "no %s: the profile has none and discovery gave none", missing).
			Hint(wayTo(p), missing, p.Name)
	}
	return e, nil
}

// wayTo is where an endpoint could come from that p does not have: a format of
// the endpoint's field and the profile.
func wayTo(p *profile.Profile) string {
	switch never := p.Discovery == "never"; {
	case p.Issuer == "" && never:
		return "set %s, or issuer with discovery: auto, in profile %s"
	case p.Issuer == "":
		return "set %s, or issuer, in profile %s"
	case never:
		return "set %s, or discovery: auto, in profile %s"
	default:
		return "set %s in profile %s, if the server has one"
	}
}

// Optional is Resolve for endpoints that a command can do without: a failing
// discovery is no error.
func (s *Source) Optional(ctx context.Context, p *profile.Profile, need Need) Endpoints {
	e, err := s.Resolve(ctx, p, need)
	if err != nil {
		return configured(p)
	}
	return e
}

func configured(p *profile.Profile) Endpoints {
	return Endpoints{
		Issuer: p.Issuer, Token: p.TokenURL, Authorize: p.AuthorizeURL, PAR: p.PARURL, Device: p.DeviceAuthorizationURL,
		JWKS: p.JWKSURL, Revocation: p.RevocationURL, EndSession: p.EndSessionURL,
	}
}

// overlay lets the profile's URLs win over the document's.
func overlay(found, own Endpoints) Endpoints {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&found.Token, own.Token},
		{&found.Authorize, own.Authorize},
		{&found.PAR, own.PAR},
		{&found.Device, own.Device},
		{&found.JWKS, own.JWKS},
		{&found.Revocation, own.Revocation},
		{&found.EndSession, own.EndSession},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if own.Token != "" {
		found.published = ""
	}
	return found
}
