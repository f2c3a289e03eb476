package profile

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
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
	switch wrong := unmeant(raw); {
	case wrong != "":
		c.add(path, "is not a URL: it %s", wrong)
	case err != nil:
		c.add(path, "is not a URL")
	case u.Host != "" && !isHost(u.Host):
		c.add(path, "has a host or port that cannot be one")
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

// CheckResource says what keeps raw from being a resource (RFC 8707 2), as for
// the profile's field; "" for nothing. It quotes nothing.
func CheckResource(raw string) string {
	c := &checker{p: &Profile{}}
	c.absolute("resource", raw)
	var wrong *Problem
	if len(c.found) == 0 || !errors.As(c.found[0], &wrong) {
		return ""
	}
	return wrong.Text
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
		{"discovery_url", p.DiscoveryURL},
		{"sts.url", p.STS.URL},
		{"api.base_url", p.API.BaseURL},
	} {
		c.endpoint(e.path, e.url)
	}
	if document, rest, found := strings.Cut(p.Issuer, "/.well-known/"); found {
		suffix, issuer := "/.well-known/"+rest, document
		if name, inserted, ok := strings.Cut(rest, "/"); ok { // RFC 8414 3.1 puts it before the path
			suffix, issuer = "/.well-known/"+name, document+"/"+inserted
		}
		c.add("issuer", "is the address of the discovery document").Hint = "take " + suffix + " out: issuer: " + issuer
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
		if wrong := unmeant(h); wrong != "" {
			c.add(index("api.hosts", i), "is not a host: it %s", wrong)
		} else if u, err := url.Parse("https://" + h); err != nil || u.Host != h || !isHost(h) || u.Port() != "" && strings.Trim(u.Port(), "0") == "" {
			c.add(index("api.hosts", i), "must be a host or host:port, without scheme, path or wildcard")
		}
	}
}

// unmeant says what in a URL, a host or a client.id nobody means to have there,
// and a server sees as another value: what a template or a copy left. "" for
// nothing. It quotes nothing.
func unmeant(s string) string {
	switch i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); {
	case strings.ContainsAny(s, "{}<>"):
		return "holds a placeholder in brackets, and there is no template language: write the value itself"
	case regexp.MustCompile(`^(\$[A-Za-z_]\w*|%[A-Za-z_]\w*%)$`).MatchString(s):
		return "holds the name of a variable, and none is filled in: write the value itself"
	case i < 0:
		return ""
	case s[i] == ' ':
		return "holds a blank"
	default:
		return "holds a character that cannot be seen"
	}
}

// isHost is true for host or host:port of a URL: an address, or names of
// letters, digits, - and _ with dots between (RFC 1123 2.1, and _ as many
// have it), and a port that there is.
func isHost(hostport string) bool {
	u := url.URL{Host: hostport}
	host, port := u.Hostname(), u.Port()
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n > 65535) || strings.HasSuffix(hostport, ":") {
		return false
	}
	if net.ParseIP(host) != nil {
		return true
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || strings.Trim(label, "-") != label || strings.ContainsFunc(label, notInHost) {
			return false
		}
	}
	return true
}

func notInHost(r rune) bool {
	return r != '-' && r != '_' && !unicode.In(r, unicode.L, unicode.M, unicode.Nd)
}
