package login

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"authctl/internal/fault"
)

// Redirect is the profile's login.redirect_uri, taken apart.
type Redirect struct {
	uri      url.URL
	host     string // without brackets
	port     int    // 0: any free port
	loopback bool
}

// ParseRedirect reads a redirect URI. http on 127.0.0.1, [::1] or localhost is
// ours to listen on: port 0, or none, is any free port (RFC 8252 7.3), and a
// port that is not 0 replaces the URI's. Everything else can only be pasted
// back. The error is a fault.Config.
func ParseRedirect(uri string, port int) (Redirect, error) {
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "" && (u.Scheme == "http" || u.Scheme == "https"):
		return Redirect{}, badRedirect("it is not an absolute URI")
	case u.User != nil:
		return Redirect{}, badRedirect("it holds a user name")
	case u.Fragment != "" || strings.Contains(uri, "#"):
		return Redirect{}, badRedirect("it has a fragment (RFC 6749 3.1.2)")
	case port < 0 || port > 65535:
		return Redirect{}, fault.New(fault.Usage, "--port %d is no port", port)
	}
	r := Redirect{uri: *u, host: u.Hostname()}
	r.loopback = u.Scheme == "http" && isLoopback(r.host)
	if !r.loopback {
		if port != 0 {
			return Redirect{}, fault.New(fault.Usage, "--port needs a redirect URI on this machine").
				Hint("profile field login.redirect_uri, such as http://127.0.0.1:0/callback")
		}
		return r, nil
	}
	if port == 0 && u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port > 65535 {
			return Redirect{}, badRedirect("its port is no port")
		}
	}
	r.port = port
	return r, nil
}

func badRedirect(why string) error {
	return fault.New(fault.Config, "login.redirect_uri cannot be used: %s", why).
		Hint("profile field login.redirect_uri, such as http://127.0.0.1:0/callback")
}

// Loopback is true when the redirect ends on this machine and authctl can listen for it.
func (r Redirect) Loopback() bool { return r.loopback }

// at is the redirect URI with the port that was bound: what is sent, twice, to the server.
func (r Redirect) at(port int) string {
	if !r.loopback {
		return r.uri.String()
	}
	u := r.uri
	u.Host = net.JoinHostPort(r.host, strconv.Itoa(port))
	return u.String()
}

// bound is the address and port that is listened on, for a loopback redirect.
func (r Redirect) bound(port int) string {
	return net.JoinHostPort(r.addresses()[0], strconv.Itoa(port))
}

// addresses are what a loopback host stands for. "localhost" is whichever the
// browser tries first (RFC 8252 8.3).
func (r Redirect) addresses() []string {
	if r.host != "127.0.0.1" && r.host != "::1" {
		return []string{"127.0.0.1", "::1"}
	}
	return []string{r.host}
}

// path is what the request line of the redirect names.
func (r Redirect) path() string {
	if p := r.uri.EscapedPath(); p != "" {
		return p
	}
	return "/"
}

// isLoopback knows the three hosts a listener of ours may stand for. Other
// names, and 127.0.0.2, are somebody else's even if they resolve to here.
func isLoopback(host string) bool {
	return host == "127.0.0.1" || host == "::1" || strings.EqualFold(host, "localhost")
}
