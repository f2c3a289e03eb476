package metadata

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/shown"
)

// maxDiscovery is the largest discovery document, in bytes.
const maxDiscovery = 1 << 20

// discover fetches and checks the document.
func (s *Source) discover(ctx context.Context, p *profile.Profile) (Endpoints, error) {
	if p.DiscoveryURL != "" {
		return s.document(ctx, p, p.DiscoveryURL)
	}
	var failure error
	for _, at := range wellKnown(p.Issuer) {
		e, err := s.document(ctx, p, at)
		if !mayBeElsewhere(err) {
			return e, err
		}
		failure = cmp.Or(failure, err)
	}
	return Endpoints{}, failure
}

// mayBeElsewhere: the place is not there, or not for us. FHIR servers take a path that
// is none of theirs for one that needs a token, or for a wrong search.
func mayBeElsewhere(err error) bool {
	var refused *endpoint.Refusal
	return errors.As(err, &refused) && slices.Contains([]int{400, 401, 403, 404, 405, 406, 410, 501}, refused.Status)
}

func (s *Source) document(ctx context.Context, p *profile.Profile, at string) (Endpoints, error) {
	if body, ok := s.kept(at); ok {
		if e, err := checked(p, at, endpoint.Answer{Body: body}); err == nil {
			return e, nil
		}
	}
	a, err := s.fetch(ctx, at, maxDiscovery)
	if err != nil {
		return Endpoints{}, notThere(p, at, err)
	}
	e, err := checked(p, at, a)
	if err == nil {
		s.keep(at, a.Body)
	}
	return e, err
}

// checked reads a document, fetched or kept: it must be of the profile's issuer
// and name endpoints that secrets may go to.
func checked(p *profile.Profile, at string, a endpoint.Answer) (Endpoints, error) {
	field, begin := p.Metadata()
	e, err := parse(a)
	if err != nil {
		return Endpoints{}, fault.New(fault.Network, "discovery %s is no discovery document: %w", at, err).
			Hint("check %s of profile %s, or set token_url and discovery: never", field, p.Name)
	}
	if !e.identified(p, at) {
		return Endpoints{}, otherIssuer(p, at, e.Issuer)
	}
	// RFC 8414 2 and RFC 8705 5: every endpoint and every alias is https. Plain
	// http on this machine is for servers on this machine: a document from afar
	// must not choose which of its ports gets a secret.
	plain := plainHTTP{anywhere: p.InsecureHTTP, here: onLoopback(begin)}
	for _, u := range append(e.Aliases.all(), e.Token, e.Authorize, e.PAR, e.Device, e.JWKS, e.Revocation, e.EndSession) {
		if u == "" || plain.secure(u) {
			continue
		}
		f := fault.New(fault.Config, "discovery %s names the endpoint %s, which is no https URL", at, redacted(u))
		if (plainHTTP{anywhere: true}).secure(u) {
			f = f.Hint("insecure_http: true in profile %s would allow it", p.Name)
		}
		return Endpoints{}, f
	}
	return e, nil
}

// identified settles whose document it is; false where it is another server's.
func (e *Endpoints) identified(p *profile.Profile, at string) bool {
	switch named := e.Issuer; {
	case p.Issuer == "":
		// discovery_url alone. A document that could name any issuer would undo
		// what iss is for (RFC 9207 4): it counts on the document's own origin.
		if !sameOrigin(named, at) {
			e.Issuer, e.elsewhere = "", named
		}
	case named == "" && (p.DiscoveryURL != "" || strings.HasSuffix(at, smartConfiguration)):
		// The profile itself led here, over TLS, and no other server is named.
		// SMART App Launch has issuer with sso-openid-connect only.
		e.Issuer = p.Issuer
	default:
		// RFC 8414 3.3: identical to the character, else the document is not this issuer's.
		return named == p.Issuer
	}
	return true
}

// otherIssuer is a document that names another issuer than the profile. Its own
// issuer is only worth a try where it leads to this very document; many servers
// for many tenants publish a document where no issuer of theirs leads to.
func otherIssuer(p *profile.Profile, at, named string) error {
	f := fault.New(fault.Config, "discovery %s names issuer %.200q, the profile says %q", at, named, p.Issuer)
	switch {
	case slices.Contains(wellKnown(named), at):
		return f.Hint("correct issuer in profile %s: it must match to the character", p.Name)
	case strings.ContainsAny(named, "{}"):
		return f.Hint("that is a pattern for many tenants: set issuer in profile %s to your tenant's own, as iss in its tokens has it", p.Name).
			Hint("or set that issuer with discovery: never, token_url and jwks_url")
	}
	f = f.Hint("issuer in profile %s must be as iss in the server's tokens", p.Name)
	if p.DiscoveryURL == "" && named != "" {
		f = f.Hint("if that is %.200q, set it and discovery_url: %s", named, at)
	}
	return f
}

// kept is a document of the cache. What cannot be used is fetched anew.
func (s *Source) kept(at string) ([]byte, bool) {
	if s.Cache == nil {
		return nil, false
	}
	return s.Cache.Load(at)
}

// keep is for what was fetched only: keeping what was kept would make it young
// again, and it would never be asked for while it is in use.
func (s *Source) keep(at string, body []byte) {
	if s.Cache != nil {
		s.Cache.Save(at, body)
	}
}

func (s *Source) fetch(ctx context.Context, at string, limit int64) (endpoint.Answer, error) {
	a, err := s.HTTP.Get(ctx, at, limit)
	if err == nil && a.Status != 200 {
		err = endpoint.AsRefusal(a)
	}
	return a, err
}

// wellKnown lists where the document may be: OpenID Connect appends to the
// issuer's path, RFC 8414 3.1 inserts before it, and SMART App Launch appends to
// the FHIR server's base.
func wellKnown(issuer string) []string {
	openid := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	u, err := url.Parse(issuer)
	if err != nil {
		return []string{openid}
	}
	inserted := *u
	inserted.Path = "/.well-known/oauth-authorization-server" + strings.TrimSuffix(u.Path, "/")
	return []string{openid, inserted.String(), strings.TrimSuffix(issuer, "/") + smartConfiguration}
}

const smartConfiguration = "/.well-known/smart-configuration"

// sameOrigin: what a document says of who the server is counts on its own origin.
func sameOrigin(a, b string) bool {
	one, err := url.Parse(a)
	if err != nil {
		return false
	}
	other, err := url.Parse(b)
	return err == nil && one.Host != "" && one.Scheme == other.Scheme && strings.EqualFold(one.Host, other.Host)
}

// redacted is an endpoint in a message, without a password that may be in it.
func redacted(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		raw = u.Redacted()
	}
	return shown.Clean(raw)
}

// plainHTTP is where endpoints may be without TLS.
type plainHTTP struct {
	anywhere bool // the profile's insecure_http
	here     bool // on this machine's loopback
}

// secure is true for a URL that secrets may be sent to.
func (allowed plainHTTP) secure(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && (allowed.anywhere || allowed.here && profile.Loopback(u.Hostname()))
}

func onLoopback(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && profile.Loopback(u.Hostname())
}

// notThere is a discovery document that did not come.
func notThere(p *profile.Profile, at string, err error) error {
	var refused *endpoint.Refusal
	field, _ := p.Metadata()
	f := networkFault("discovery", field, at, err)
	if errors.As(err, &refused) && !later(err) {
		f = f.Hint("check %s of profile %s, or set the endpoints and discovery: never", field, p.Name)
	}
	return f
}

// networkFault is a document that did not come. field is where the profile has
// its address, or that of the server that names it.
func networkFault(what, field, at string, err error) *fault.Error {
	var refused *endpoint.Refusal
	if !errors.As(err, &refused) {
		return endpoint.Lost(field, at, err)
	}
	if refused.Location != "" {
		return fault.New(fault.Network, "%s %s: %w", what, at, refused)
	}
	f := fault.New(fault.Network, "%s %s: HTTP %d", what, at, refused.Status)
	f.Err = joined{f.Err.Error(), err}
	if wait := refused.Wait(); wait != "" {
		f = f.Hint("%s", wait)
	}
	return f
}

// later: the place is the right one, and there is nothing to correct.
func later(err error) bool {
	var refused *endpoint.Refusal
	return errors.As(err, &refused) && refused.Verdict() == endpoint.Later
}

// joined keeps the cause without repeating its text.
type joined struct {
	text  string
	cause error
}

func (j joined) Error() string { return j.text }
func (j joined) Unwrap() error { return j.cause }
