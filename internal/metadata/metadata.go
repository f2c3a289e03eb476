// Package metadata finds an authorization server's endpoints and keys: what
// the profile says, and else what the server's discovery document says
// (RFC 8414, OpenID Connect Discovery, SMART App Launch). A hostile document
// must not choose the audience of a client assertion: see Endpoints.Audience.
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
	elsewhere string // an issuer that the document names and that is not taken: see identified
}

// TokenIdentity is the URL by which a client assertion names the token
// endpoint: the published one, also when an mTLS alias is where requests go
// (RFC 8705 5 gives a second way to the same endpoint, not a second endpoint).
func (e Endpoints) TokenIdentity() string { return cmp.Or(e.published, e.Token) }

// Audience is TokenIdentity where an assertion may name it: the profile has it,
// or it is on the very origin that the profile names for discovery; else "". A
// document that named another server's token endpoint would get an assertion for
// that server at an endpoint of its own, or its token for an API of its own.
func (e Endpoints) Audience(p *profile.Profile) string {
	_, at := p.Metadata()
	if url := e.TokenIdentity(); url == p.TokenURL || sameOrigin(url, at) {
		return url
	}
	return ""
}

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
	missing, asked := firstMissing(e, needs), false
	if _, at := p.Metadata(); at != "" && (missing != "" || p.Discovery == "always") {
		found, err := s.discover(ctx, p)
		if err != nil {
			return Endpoints{}, err
		}
		e = overlay(found.aliased(p), e)
		missing, asked = firstMissing(e, needs), true
	}
	if missing != "" {
		return Endpoints{}, nowhere(p, e, missing, asked)
	}
	return e, nil
}

// nowhere: neither p nor, where it was asked, discovery has the endpoint. What
// is advised is not so yet.
func nowhere(p *profile.Profile, e Endpoints, missing string, asked bool) error {
	what, set := "no "+missing+": the profile has none", "set "+missing
	switch {
	case asked:
		what += " and discovery gave none"
	case p.Issuer != "":
		set += ", or discovery: auto,"
	case p.Discovery == "never":
		set += ", or issuer with discovery: auto,"
	default:
		set += ", or issuer,"
	}
	set += " in profile " + p.Name
	if asked {
		set += ", if the server has one"
	}
	f := fault.New(fault.Config, "%s", what)
	if missing == "authorize_url" && p.DeviceAuthorizationURL != "" {
		f = f.Hint("authctl login-device -p %s logs in without it", p.Name)
	}
	if missing == "issuer" && e.elsewhere != "" {
		f = f.Hint("discovery %s names issuer %.200q, which is on another host and so for the profile to say", p.DiscoveryURL, e.elsewhere)
	}
	return f.Hint("%s", set)
}

// Issuer is who the server is: the profile's word, else that of the document at
// discovery_url; "" where the profile has neither.
func (s *Source) Issuer(ctx context.Context, p *profile.Profile) (string, error) {
	if p.Issuer != "" || p.DiscoveryURL == "" {
		return p.Issuer, nil
	}
	e, err := s.Resolve(ctx, p, NeedIssuer)
	return e.Issuer, err
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
