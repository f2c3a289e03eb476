package doctor

import "net/url"

// mutual says whether the token endpoint's host asks for the client
// certificate. Only a server that asks in the handshake gets one.
func (n *network) mutual(address string) {
	const check = "mutual TLS"
	u, err := url.Parse(address)
	v, asked := n.seen[rootOf(address)]
	if err != nil || !asked || v.err != nil || u.Scheme != "https" {
		return
	}
	switch route := v.answer.Route; {
	case route.Asked && route.HasCertificate:
		n.ok(check, "%s asked for the client certificate and got it", u.Host)
	case route.Asked:
		n.ok(check, "%s asks for a client certificate, and goes on without one: tls.client_certificate is not set", u.Host)
	case route.HasCertificate && n.p.Client.Method().MutualTLS():
		n.warn(check, u.Host+" did not ask for the client certificate, which client.auth "+n.p.Client.Auth+" rests on",
			"the server's address for mutual TLS may be another (RFC 8705 5): ask its operator, and set token_url in profile "+n.p.Name+" to it")
	case route.HasCertificate:
		n.ok(check, "%s did not ask for the client certificate, so it was not sent", u.Host)
	}
}
