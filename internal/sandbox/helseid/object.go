package helseid

import (
	"net/url"
	"time"

	"authctl/internal/sandbox/core"
)

// requested is the request inside of a request object, as HelseID's page on them
// has it: signed with the client's key for the issuer, with nbf, client_id and a
// new jti, and good for a minute at most. Beside it nothing counts (RFC 9126 3).
func (p *FAPI) requested(form url.Values, who client) (inside url.Values, problem string) {
	object, err := p.core.Assertion(form.Get("request"))
	if err != nil {
		return nil, err.Error()
	}
	problem = p.issuer.client(object, core.Strict{
		Client: who.id, Request: true, Audience: p.url(), Typ: "oauth-authz-req+jwt",
		Algs: algs(), Key: who.key.Public(), Kid: who.kid, Max: time.Minute, Skew: 10 * time.Second,
	})
	if _, has := object.Time("nbf"); problem == "" && !has {
		problem = "nbf is missing"
	}
	if problem == "" && object.Text("client_id") != who.id {
		problem = "client_id is not that of the client"
	}
	inside = url.Values{}
	for name := range object.Claims {
		if text := object.Text(name); text != "" {
			inside.Set(name, text)
		}
	}
	return inside, problem
}
