package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// pushed: a server that takes pushed authorization requests only must have an
// endpoint for them (RFC 9126 5).
func (n *network) pushed(found metadata.Endpoints) {
	const check = "login.pushed"
	if !found.RequirePAR || !slices.Contains(n.p.GrantType().Endpoints, profile.AuthorizeURL) {
		return
	}
	switch {
	case cmp.Or(n.p.PARURL, found.PAR) == "":
		n.fail(check, fault.New(fault.Config, "the document demands pushed authorization requests, and names no endpoint for them").
			Hint("set par_url in profile %s: the server's operator knows it", n.p.Name))
	case n.p.Login.Pushed == "never":
		n.warn(check, "login.pushed is never, and the document demands pushed authorization requests", "set login.pushed: auto in profile "+n.p.Name)
	}
}

// signed holds a login against what the document says of answers in a JWT (JARM 4) and
// of request objects (RFC 9101 9 and 10.5).
func (n *network) signed(o metadata.Offers) {
	const check = "login.request_object"
	if !slices.Contains(n.p.GrantType().Endpoints, profile.AuthorizeURL) {
		return
	}
	if n.p.SignedAnswer() {
		n.offered("login.response_mode", "the response mode", o.ResponseModes, n.p.Login.ResponseMode)
	}
	switch has := n.p.Login.RequestObject != nil; {
	case !has && o.RequireObjects:
		n.warn(check, "the document demands signed request objects, and the profile makes none",
			"set login.request_object: {} and client.key in profile "+n.p.Name)
	case has && o.NoObjects:
		n.warn(check, "the document says that the server takes no request objects",
			"take login.request_object out of profile "+n.p.Name+", unless the provider told you so")
	case has && n.p.RequestAlg() != "":
		n.offered(check+".alg", "the algorithm of request objects", o.ObjectAlgs, n.p.RequestAlg())
	}
}

// offers holds what the profile uses against what the server says that it can
// do. A server need not list all, so what is missing is a warning.
func (n *network) offers(o metadata.Offers) {
	p := n.p
	if p.GrantAssertion == nil || !p.Client.Method().Public() { // else the grant proves the client
		n.offered("client.auth", "the client authentication method", o.AuthMethods, p.Client.Method().Wire)
	}
	if n.signs != "" {
		n.offered("assertion.alg", "the algorithm of client assertions", o.SigningAlgs, n.signs)
	}
	if g := p.GrantType(); !otherLogin(g, o.Grants) {
		n.offered("grant", "the grant type", o.Grants, g.Wire)
	}
	n.signed(o)
	n.offered("authorization_details", "the type", o.DetailTypes, p.DetailTypes()...)
	n.offered("scopes", "the scope", o.Scopes, p.Scopes...)
	if p.DPoP.Enabled {
		n.offered("dpop.alg", "the algorithm of DPoP proofs", o.DPoPAlgs, p.DPoP.Alg)
	}
}

// offered warns of what of ours is not among theirs, nil where they do not say.
func (n *network) offered(check, what string, theirs []string, ours ...string) {
	if theirs == nil {
		return
	}
	missing := slices.DeleteFunc(slices.Clone(ours), func(s string) bool { return slices.Contains(theirs, s) })
	if len(missing) == 0 {
		return
	}
	list := "nothing at all"
	if len(theirs) > 0 {
		list = strings.Join(theirs[:min(len(theirs), 20)], ", ")
	}
	n.warn(check, fmt.Sprintf("the document does not list %s %s", what, strings.Join(missing, ", ")),
		fmt.Sprintf("check %s of profile %s, unless the provider told you so: the document lists %s", check, n.p.Name, list))
}

// otherLogin is true where the server offers another login that does at one of
// g's endpoints: a person may log in by either.
func otherLogin(g profile.GrantType, theirs []string) bool {
	return slices.ContainsFunc(profile.GrantTypes(), func(o profile.GrantType) bool {
		return o.AtServer() && slices.Contains(g.Endpoints, o.Endpoints[0]) && slices.Contains(theirs, o.Wire)
	})
}
