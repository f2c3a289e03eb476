package doctor

import (
	"cmp"
	"context"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// discovery fetches the document, past the cache, and gives what it names;
// nothing when there is none.
func (n *network) discovery(ctx context.Context) metadata.Endpoints {
	const check = "discovery"
	switch field, at := n.p.Metadata(); {
	case n.p.Discovery == "never":
		n.skip(check, "discovery: never")
		return metadata.Endpoints{}
	case at == "":
		n.skip(check, "the profile has no issuer, and needs none")
		return metadata.Endpoints{}
	case n.seen[rootOf(at)].err != nil:
		n.skip(check, "the host of %s does not answer", field)
		return metadata.Endpoints{}
	}
	found, err := n.document(ctx)
	switch {
	case err != nil && n.required():
		n.fail(check, err)
		return metadata.Endpoints{}
	case err != nil:
		n.warn(check, err.Error(), append(hintsOf(err), "the profile names what it needs: discovery: never would say so")...)
		return metadata.Endpoints{}
	}
	n.compare(found)
	n.audience(found)
	n.pushed(found)
	n.offers(found.Offers)
	return found
}

// document is what the server says, without the profile's own URLs over it.
func (n *network) document(ctx context.Context) (metadata.Endpoints, error) {
	defer n.Busy("reading the discovery document")()
	asked := profile.Profile{
		Name: n.p.Name, Issuer: n.p.Issuer, DiscoveryURL: n.p.DiscoveryURL, Discovery: "always", InsecureHTTP: n.p.InsecureHTTP,
		Client: profile.Client{Auth: n.p.Client.Auth}, TLS: n.p.TLS, // which decide about aliases
	}
	return (&metadata.Source{HTTP: n.client, Now: n.Now}).Resolve(ctx, &asked)
}

// required is true where the profile cannot do without the document.
func (n *network) required() bool {
	p := n.p
	return p.Discovery == "always" || p.TokenURL == "" || p.GrantType().Lacks(p)
}

// compare holds the profile's own endpoints against the document's.
func (n *network) compare(found metadata.Endpoints) {
	const check = "discovery"
	p, g := n.p, n.p.GrantType()
	known := profile.Profile{AuthorizeURL: cmp.Or(p.AuthorizeURL, found.Authorize), DeviceAuthorizationURL: cmp.Or(p.DeviceAuthorizationURL, found.Device)}
	switch {
	case p.TokenURL == "" && found.Token == "":
		n.fail(check, fault.New(fault.Config, "the document names no token endpoint").Hint("set token_url in profile %s", p.Name))
	case g.Lacks(&known):
		n.fail(check, fault.New(fault.Config, "the document names no endpoint for grant %s", g.Name).
			Hint("set %s in profile %s", strings.Join(g.Endpoints, " or "), p.Name))
	case p.TokenURL != "" && p.TokenURL == found.TokenIdentity() && p.TokenURL != found.Token:
		n.warn(check, "token_url is "+p.TokenURL+", and for clients with a certificate the document names "+found.Token,
			"take token_url out of profile "+p.Name+", and the token endpoint for mutual TLS is used (RFC 8705 5)")
	case p.TokenURL != "" && found.Token != "" && p.TokenURL != found.Token:
		n.warn(check, "token_url is "+p.TokenURL+", the document names "+found.Token,
			"take token_url out of profile "+p.Name+", unless the provider gave you another than it publishes")
	default:
		n.ok(check, "the document is of this server: it names no other issuer")
	}
}

// audience: a token endpoint that no assertion will name is to be written.
func (n *network) audience(found metadata.Endpoints) {
	p, check := n.p, ""
	if p.Client.Method().Signs && p.Assertion.Audience == "token_url" {
		check = "assertion.audience"
	}
	if g := p.GrantAssertion; g != nil && g.Audience == "token_url" {
		check = "grant_assertion.audience"
	}
	if check != "" && p.TokenURL == "" && found.Token != "" && found.Audience(p) == "" {
		n.fail(check, fault.New(fault.Config, "it is token_url, and the document names one on another host").
			Hint("set token_url: %s in profile %s, if that is the server's", found.TokenIdentity(), p.Name))
	}
}

// jwks: the keys under which id_tokens and decode --verify are checked.
func (n *network) jwks(ctx context.Context, address string) {
	const check = "jwks"
	switch {
	case address == "":
		n.skip(check, "neither jwks_url nor a discovery document names one")
		return
	case n.seen[rootOf(address)].err != nil:
		n.skip(check, "its host does not answer")
		return
	}
	asked := profile.Profile{Name: n.p.Name, Issuer: n.p.Issuer, JWKSURL: address, Discovery: "never", InsecureHTTP: n.p.InsecureHTTP}
	done := n.Busy("reading the server's keys")
	set, err := (&metadata.Source{HTTP: n.client, Now: n.Now}).Keys(ctx, &asked, true)
	done()
	fix := "check jwks_url of profile " + n.p.Name + ", or what its discovery document names"
	switch {
	case err != nil && len(hintsOf(err)) == 0:
		n.fail(check, fault.New(fault.KindOf(err), "%w", err).Hint("%s", fix))
	case err != nil:
		n.fail(check, err)
	case len(set) == 0:
		n.warn(check, address+" holds no public key", fix)
	default:
		n.ok(check, "%s to verify the server's tokens with", count(len(set), "key"))
	}
}
