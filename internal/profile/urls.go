package profile

import (
	"net"
	"net/url"
	"strings"
)

// Loopback is true for a host name, without port, that never leaves the machine.
func Loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// endpoint checks a URL that credentials are sent to or taken from.
func (c *checker) endpoint(path, raw string) {
	u := c.absolute(path, raw)
	if u == nil {
		return
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && (Loopback(u.Hostname()) || c.p.InsecureHTTP):
	case u.Scheme == "http":
		c.add(path, "http would send secrets in the clear to %s", u.Host).Hint = "use https, or set insecure_http: true if the network itself is trusted"
	default:
		c.add(path, "the scheme must be https")
	}
	if u.Host == "" {
		c.add(path, "has no host")
	}
}

// absolute checks what every URL of a profile obeys; nil when it does not.
// It never quotes the URL: userinfo in it would be a password.
func (c *checker) absolute(path, raw string) *url.URL {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || strings.ContainsAny(raw, " \t\r\n\x00"):
		c.add(path, "is not a URL")
	case u.Scheme == "":
		c.add(path, "is not an absolute URL, it must begin with https://")
	case u.User != nil:
		c.add(path, "must not hold a user name or password").Hint = "give the client's credentials as client.id and client.secret: keyring:client_secret"
	case strings.Contains(raw, "#"):
		c.add(path, "must not have a fragment (#)") // RFC 6749 3.1, 3.2
	default:
		return u
	}
	return nil
}

func (c *checker) urls() {
	p := c.p
	for _, e := range []struct{ path, url string }{
		{"issuer", p.Issuer},
		{"token_url", p.TokenURL},
		{"authorize_url", p.AuthorizeURL},
		{"par_url", p.PARURL},
		{"device_authorization_url", p.DeviceAuthorizationURL},
		{"jwks_url", p.JWKSURL},
		{"revocation_url", p.RevocationURL},
		{"end_session_url", p.EndSessionURL},
		{"api.base_url", p.API.BaseURL},
	} {
		c.endpoint(e.path, e.url)
	}
	if strings.Contains(p.Issuer, "?") {
		c.add("issuer", "must not have a query (RFC 8414 2)").Hint = "set issuer as iss in the server's tokens has it, discovery: never, token_url and jwks_url"
	}
	c.redirect()
}

// redirect: a redirect URI may also have a private scheme (RFC 8252 7.1), but
// plain http only ends on this machine.
func (c *checker) redirect() {
	const path = "login.redirect_uri"
	u := c.absolute(path, c.p.Login.RedirectURI)
	if u != nil && u.Scheme == "http" && !Loopback(u.Hostname()) && !c.p.InsecureHTTP {
		c.add(path, "http beyond loopback would show the code to the network").Hint = "use http://127.0.0.1:0/callback or the https address that is registered"
	}
}

// hosts checks api.hosts: where the token may go.
func (c *checker) hosts() {
	for i, h := range c.p.API.Hosts {
		u, err := url.Parse("https://" + h)
		if err != nil || u.Host != h || u.Hostname() == "" || strings.ContainsAny(h, "*@ \t\r\n\x00") {
			c.add(index("api.hosts", i), "must be a host or host:port, without scheme, path or wildcard")
		}
	}
}
