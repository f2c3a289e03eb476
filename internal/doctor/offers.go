package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/metadata"
)

// pushed: a server that takes pushed authorization requests only must have an
// endpoint for them (RFC 9126 5).
func (n *network) pushed(found metadata.Endpoints) {
	const check = "login.pushed"
	if !found.RequirePAR || n.p.Grant != "authorization_code" {
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

// offers holds what the profile uses against what the server says that it can
// do. A server need not list all, so what is missing is a warning.
func (n *network) offers(o metadata.Offers) {
	p := n.p
	n.offered("client.auth", "the client authentication method", o.AuthMethods, wireAuth(p.Client.Auth))
	if n.signs != "" {
		n.offered("assertion.alg", "the algorithm of client assertions", o.SigningAlgs, n.signs)
	}
	if !slices.Contains(o.Grants, deviceGrant) || p.Grant != "authorization_code" { // a person may log in by either
		n.offered("grant", "the grant type", o.Grants, wireGrant(p.Grant))
	}
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

// wireAuth is client.auth as servers list it: an assertion is private_key_jwt,
// whoever signed it.
func wireAuth(auth string) string {
	if auth == "federated" {
		return "private_key_jwt"
	}
	return auth
}

const (
	urn         = "urn:ietf:params:oauth:grant-type:"
	deviceGrant = urn + "device_code" // RFC 8628 3.4
)

// wireGrant is the grant_type that the profile's grant sends.
func wireGrant(grant string) string {
	switch grant {
	case "device_code":
		return deviceGrant
	case "token_exchange":
		return urn + "token-exchange"
	case "jwt_bearer":
		return urn + "jwt-bearer"
	case "saml2_bearer":
		return urn + "saml2-bearer"
	default:
		return grant
	}
}
