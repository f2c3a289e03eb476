package endpoint

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"authctl/internal/shown"
)

// explain tells of a variable that names no proxy, or of a proxy that answered
// CONNECT with anything but yes.
func (e *ProxyError) explain(route Route, field, address string) told {
	if e.Status == 0 {
		return tell(e.Error(), e.Fix)
	}
	p := route.Proxy
	if p == nil {
		return tell(e.Error(), "check the proxy")
	}
	status := fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))
	switch host := hostOf(address); {
	case e.Status == http.StatusProxyAuthRequired && len(e.Schemes) > 0 && !slices.ContainsFunc(e.Schemes, isBasic):
		return tell(fmt.Sprintf("%s wants credentials by %s (HTTP 407), and authctl gives a proxy Basic credentials only", p, shown.Clean(strings.Join(e.Schemes, " or "))),
			"let "+p.Variable+" name a proxy on this machine that logs in to that one", noProxy(host))
	case e.Status == http.StatusProxyAuthRequired && p.Credentials:
		return tell(fmt.Sprintf("%s refused the credentials in %s (HTTP 407)", p, p.Variable),
			"check user name and password in "+p.Variable+"; special characters are percent-encoded there, @ as %40")
	case e.Status == http.StatusProxyAuthRequired:
		return tell(fmt.Sprintf("%s wants credentials (HTTP 407)", p),
			"set "+p.Variable+" to http://USER:PASSWORD@"+shown.Clean(p.Host)+", special characters percent-encoded, @ as %40")
	case e.Status >= 500:
		return tell(fmt.Sprintf("%s could not connect to %s: %s", p, host, status), "check the host of "+field+", and ask who runs the proxy", noProxy(host))
	default:
		return tell(fmt.Sprintf("%s does not connect to %s: %s", p, host, status), "ask who runs the proxy to allow "+host, noProxy(host))
	}
}

func isBasic(scheme string) bool { return strings.EqualFold(scheme, "Basic") }

func noProxy(host string) string {
	return "where " + host + " can be reached directly, add it to NO_PROXY"
}

// atProxy is true for what happened before the proxy had made its tunnel.
func atProxy(route Route, address string, err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return true
	}
	return !route.Connected && strings.HasPrefix(address, "https:") && strings.HasPrefix(route.Proxy.url.Scheme, "http")
}

// explainProxy is a proxy that was not reached, or fell silent.
func explainProxy(route Route, address string, err error) told {
	p := route.Proxy
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) { // a proxy over TLS is held to the profile's trust
		t := explainCertificate(p.Variable, route, cert)
		t.text = p.String() + ": " + strings.Replace(t.text, "the server's", "its", 1)
		return t
	}
	var dns *net.DNSError
	text := plain(err)
	switch {
	case errors.As(err, &dns):
		text = "cannot find the host " + shown.Clean(dns.Name)
	case isRefused(err):
		text = "nothing listens there: connection refused"
	case isTimeout(err):
		text = "no answer in time"
	}
	return tell(p.String()+": "+text, "check "+p.Variable+" and the proxy that it names", noProxy(hostOf(address)))
}
