// Package metadata finds an authorization server's endpoints and keys: what
// the profile says, and else what the server's discovery document says
// (RFC 8414, OpenID Connect Discovery). Nothing found here ever enters a
// client assertion: a hostile document must not choose its audience.
package metadata

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// Endpoints is everything the commands may need of a server; empty means unknown.
type Endpoints struct {
	Issuer        string `json:"issuer"`
	Token         string `json:"token_endpoint"`
	Authorize     string `json:"authorization_endpoint"`
	PAR           string `json:"pushed_authorization_request_endpoint"`
	Device        string `json:"device_authorization_endpoint"`
	JWKS          string `json:"jwks_uri"`
	Revocation    string `json:"revocation_endpoint"`
	EndSession    string `json:"end_session_endpoint"`
	IssInCallback bool   `json:"authorization_response_iss_parameter_supported"`
	RequirePAR    bool   `json:"require_pushed_authorization_requests"`
}

// Getter fetches a public document without following redirects.
type Getter interface {
	Get(ctx context.Context, url string, limit int64) (endpoint.Answer, error)
}

// Cache keeps documents between processes; both may fail silently, the
// document is then fetched.
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

// maxDiscovery is the largest discovery document, in bytes (docs/network.md).
const maxDiscovery = 1 << 20

// Need names an endpoint that a command cannot do without.
type Need func(Endpoints) (name, url string)

// NeedToken is RFC 6749's token endpoint.
func NeedToken(e Endpoints) (name, url string) { return "token_url", e.Token }

// NeedAuthorize is RFC 6749's authorization endpoint.
func NeedAuthorize(e Endpoints) (name, url string) { return "authorize_url", e.Authorize }

// NeedDevice is RFC 8628's.
func NeedDevice(e Endpoints) (name, url string) { return "device_authorization_url", e.Device }

// NeedJWKS is where the server's keys are.
func NeedJWKS(e Endpoints) (name, url string) { return "jwks_url", e.JWKS }

// NeedRevocation is RFC 7009's.
func NeedRevocation(e Endpoints) (name, url string) { return "revocation_url", e.Revocation }

// NeedEndSession is OpenID Connect RP-Initiated Logout's.
func NeedEndSession(e Endpoints) (name, url string) { return "end_session_url", e.EndSession }

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
		e = overlay(found, e)
		missing = firstMissing(e, needs)
	}
	if missing != "" {
		return Endpoints{}, fault.New(fault.Config, "no %s: the profile has none and discovery gave none", missing).
			Hint("set %s, or issuer with discovery: auto, in profile %s", missing, p.Name)
	}
	return e, nil
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

func firstMissing(e Endpoints, needs []Need) string {
	for _, need := range needs {
		if name, value := need(e); value == "" {
			return name
		}
	}
	return ""
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
	return found
}

// discover fetches and checks the document.
func (s *Source) discover(ctx context.Context, p *profile.Profile) (Endpoints, error) {
	var failure error
	for _, at := range wellKnown(p.Issuer) {
		e, err := s.document(ctx, p, at)
		if err == nil {
			return e, nil
		}
		failure = err
		var refused *endpoint.Refusal
		if !errors.As(err, &refused) || refused.Status != 404 {
			break
		}
	}
	return Endpoints{}, failure
}

func (s *Source) document(ctx context.Context, p *profile.Profile, at string) (Endpoints, error) {
	body, err := s.get(ctx, at, maxDiscovery)
	if err != nil {
		return Endpoints{}, networkFault(p, "discovery", at, err)
	}
	var e Endpoints
	if err := json.Unmarshal(body, &e); err != nil {
		return Endpoints{}, fault.New(fault.Network, "discovery %s: the answer is no discovery document", at).
			Hint("check issuer of profile %s, or set token_url and discovery: never", p.Name)
	}
	// RFC 8414 3.3: identical to the character, else the document is not this issuer's.
	if e.Issuer != p.Issuer {
		return Endpoints{}, fault.New(fault.Config, "discovery %s names issuer %q, the profile says %q", at, endpoint.Clean(e.Issuer), p.Issuer).
			Hint("correct issuer in profile %s: it must match to the character", p.Name)
	}
	for _, u := range []string{e.Token, e.Authorize, e.PAR, e.Device, e.JWKS, e.Revocation, e.EndSession} {
		if u != "" && !secure(u, p.InsecureHTTP) {
			return Endpoints{}, fault.New(fault.Config, "discovery %s names the endpoint %s, which is not https", at, endpoint.Clean(u)).
				Hint("insecure_http: true in profile %s would allow it", p.Name)
		}
	}
	if s.Cache != nil {
		s.Cache.Save(at, body)
	}
	return e, nil
}

// get reads from the cache or the network.
func (s *Source) get(ctx context.Context, at string, limit int64) ([]byte, error) {
	if s.Cache != nil {
		if body, ok := s.Cache.Load(at); ok {
			return body, nil
		}
	}
	return s.fetch(ctx, at, limit)
}

func (s *Source) fetch(ctx context.Context, at string, limit int64) ([]byte, error) {
	a, err := s.HTTP.Get(ctx, at, limit)
	if err != nil {
		return nil, err
	}
	if a.Status != 200 {
		return nil, endpoint.AsRefusal(a)
	}
	return a.Body, nil
}

// wellKnown lists where the document may be: OpenID Connect appends to the
// issuer's path, RFC 8414 3.1 inserts before it.
func wellKnown(issuer string) []string {
	openid := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	u, err := url.Parse(issuer)
	if err != nil {
		return []string{openid}
	}
	inserted := *u
	inserted.Path = "/.well-known/oauth-authorization-server" + strings.TrimSuffix(u.Path, "/")
	return []string{openid, inserted.String()}
}

// secure is https, or loopback, or http where the profile asked for it.
func secure(raw string, insecure bool) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || (u.Scheme == "http" && (insecure || profile.Loopback(u.Hostname())))
}

func networkFault(p *profile.Profile, what, at string, err error) error {
	var refused *endpoint.Refusal
	if errors.As(err, &refused) {
		f := fault.New(fault.Network, "%s %s: HTTP %d", what, at, refused.Status)
		f.Err = joined{f.Err.Error(), err}
		return f.Hint("check issuer of profile %s, or set the endpoints and discovery: never", p.Name)
	}
	return fault.New(fault.Network, "%s: %w", what, err).Hint("check issuer of profile %s", p.Name)
}

// joined keeps the cause without repeating its text.
type joined struct {
	text  string
	cause error
}

func (j joined) Error() string { return j.text }
func (j joined) Unwrap() error { return j.cause }

// Keys fetches the server's JWKS. fresh skips the cache: an unknown kid is
// worth one refetch (key rotation), not more.
func (s *Source) Keys(ctx context.Context, p *profile.Profile, fresh bool) ([]*keys.Key, error) {
	e, err := s.Resolve(ctx, p, NeedJWKS)
	if err != nil {
		return nil, err
	}
	read := s.get
	if fresh {
		read = s.fetch
	}
	body, err := read(ctx, e.JWKS, keys.MaxSize)
	if err != nil {
		return nil, networkFault(p, "JWKS", e.JWKS, err)
	}
	set, err := keys.ParseJWKS(body)
	if err != nil {
		return nil, fault.New(fault.Network, "JWKS %s: %w", e.JWKS, err)
	}
	if s.Cache != nil {
		s.Cache.Save(e.JWKS, body)
	}
	return set, nil
}
