package doctor

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// network is the part of an examination that asks the server's hosts. Each is
// asked once for the page at its root, which spends nothing.
type network struct {
	*exam
	client *endpoint.Client
	seen   map[string]visit // by scheme://host
}

// visit is what one host answered.
type visit struct {
	answer endpoint.Answer
	began  time.Time
	err    error
}

func (e *exam) network(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	if e.memo.missing(e.p.TLS.CA, e.p.TLS.ClientCertificate, e.p.TLS.ClientKey) {
		e.skip("network", "what tls needs is not there, so no host was asked")
		return
	}
	if e.p.TLS.ClientKey.Signs() && !e.memo.commands {
		e.skip("network", "every host may ask for the client certificate, and its signer was %s", errNotRun)
		return
	}
	client, err := e.Client(ctx, e.p)
	if err != nil {
		e.skip("network", "tls does not load, so no host was asked")
		return
	}
	n := &network{exam: e, client: client, seen: map[string]visit{}}
	own := metadata.Endpoints{
		Token: e.p.TokenURL, Authorize: e.p.AuthorizeURL, PAR: e.p.PARURL, Device: e.p.DeviceAuthorizationURL,
		JWKS: e.p.JWKSURL, Revocation: e.p.RevocationURL, EndSession: e.p.EndSessionURL,
	}
	n.visitAll(ctx, own)
	found := n.discovery(ctx)
	n.visitAll(ctx, found)
	n.mutual(cmp.Or(own.Token, found.Token))
	n.jwks(ctx, cmp.Or(own.JWKS, found.JWKS))
	_, at := e.p.Metadata()
	n.clock("clock", "the token endpoint's host", cmp.Or(own.Token, found.Token, at), e.p.Assertion.Lifetime, "assertion.lifetime is")
	n.stsHost(ctx)
}

func (n *network) visitAll(ctx context.Context, e metadata.Endpoints) {
	field, begin := n.p.Metadata() // no other issuer: the one in a document need lead nowhere
	for _, at := range []struct{ field, url string }{
		{"token_url", e.Token},
		{field, begin},
		{"authorize_url", e.Authorize},
		{"par_url", e.PAR},
		{"device_authorization_url", e.Device},
		{"jwks_url", e.JWKS},
		{"revocation_url", e.Revocation},
		{"end_session_url", e.EndSession},
	} {
		if at.url != "" {
			n.visit(ctx, at.field, at.url)
		}
	}
}

// visit asks a host that was not asked before.
func (n *network) visit(ctx context.Context, field, address string) {
	u, err := url.Parse(address)
	if err != nil {
		return // the profile and discovery were checked: it is a URL
	}
	root := rootOf(address)
	if _, again := n.seen[root]; again {
		return
	}
	done := n.Busy("asking " + u.Host)
	v := visit{began: n.Now()}
	v.answer, v.err = n.client.Reach(ctx, root)
	done()
	n.seen[root] = v
	switch {
	case v.err != nil:
		n.fail(field, endpoint.Lost(field, root, v.err))
	case u.Scheme == "http" && !profile.Loopback(u.Hostname()):
		n.warn(field, u.Host+" answers, but without TLS: secrets cross the network in the clear",
			"use https in "+field+"; insecure_http: true is for a network that is itself trusted")
	case v.answer.TLS == nil || len(v.answer.TLS.PeerCertificates) == 0:
		n.ok(field, "%s answers%s", u.Host, v.took())
	default:
		n.validity(field, fmt.Sprintf("%s answers over %s%s, its certificate is ", u.Host, tls.VersionName(v.answer.TLS.Version), v.took()),
			v.answer.TLS.PeerCertificates[0], "the server's operator has to renew it: tell them of "+field)
	}
}

func (v visit) took() string {
	return " in " + max(v.answer.At.Sub(v.began), time.Millisecond).Round(time.Millisecond).String() + v.answer.Route.Via()
}

// rootOf is the page at the root of the address's host.
func rootOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/"
}
