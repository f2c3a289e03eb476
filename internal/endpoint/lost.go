package endpoint

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

// Lost is the fault of a request to url that got no answer: what went wrong in
// a person's words, and what fixes it. It is a fault.Network, and a
// fault.Config where the environment names no proper proxy, or what the signer
// of tls.client_key failed with. field is where the profile has url.
func Lost(field, url string, err error) *fault.Error {
	var unsigned signerError
	if errors.As(err, &unsigned) {
		what := "tls.client_key"
		if way := (*wayError)(nil); errors.As(err, &way) && way.route.Field != "" {
			what = "the key of " + way.route.Field
		}
		f := fault.New(unsigned.cause.Kind, "%s, for %s: %w", what, WithoutQuery(url), unsigned)
		f.Hints = unsigned.cause.Hints
		return f
	}
	kind, t := fault.Network, explain(field, url, err)
	var proxy *ProxyError
	if errors.As(err, &proxy) && proxy.Status == 0 {
		kind = fault.Config
	}
	f := fault.New(kind, "asking %s: %w", WithoutQuery(url), textError{t.text, err})
	f.Hints = t.hints
	return f
}

// textError replaces a cause's wording by a person's.
type textError struct {
	text  string
	cause error
}

func (e textError) Error() string { return e.text }
func (e textError) Unwrap() error { return e.cause }

// told is what a person is told.
type told struct {
	text  string
	hints []string
}

func tell(text string, hints ...string) told { return told{text, hints} }

// explain puts the way that the request took around what happened there.
func explain(field, address string, err error) told {
	var at *wayError
	var route Route
	if errors.As(err, &at) {
		route = at.route
	}
	var refused *ProxyError
	switch {
	case errors.As(err, &refused):
		return refused.explain(route, field, address)
	case route.Proxy == nil:
		return explainServer(field, route, err)
	case atProxy(route, address, err):
		return explainProxy(route, address, err)
	default:
		t := explainServer(field, route, err)
		t.text += route.Via()
		return t
	}
}

func explainServer(field string, route Route, err error) told {
	if t, ok := explainTLS(field, route, err); ok {
		return t
	}
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return tell("cannot find the host "+shown.Clean(dns.Name), "check the host of "+field+", and this machine's DNS")
	case isRefused(err):
		return tell("nothing listens there: connection refused", "check host and port of "+field)
	case errors.Is(err, ErrTooLarge):
		return tell(err.Error(), "check "+field)
	case isTimeout(err):
		return tell("no answer in time", "the server is slow or does not answer; --timeout waits longer, 20s at most for one request")
	case route.Asked && !route.HasCertificate && isCut(err):
		// Over TLS 1.3 the server minds after the handshake, and its alert is lost where it resets the connection.
		return tell("the server asked for a client certificate, and without one "+plain(err), route.unset()+", if the server wants one")
	default:
		return tell(plain(err), "check the network and the host of "+field)
	}
}

// plain is what is left to be said of a connection that broke.
func plain(err error) string {
	var op *net.OpError
	switch {
	case errors.Is(err, errBrokeOff):
		return shown.Clean(err.Error())
	case isReset(err):
		return "the connection was cut (reset) before an answer came"
	case isCut(err):
		return "the connection was closed without an answer"
	case strings.Contains(err.Error(), "malformed HTTP"):
		return "what answers there does not speak HTTP"
	case errors.As(err, &op):
		return shown.Clean(op.Err.Error())
	default:
		return shown.Clean(err.Error())
	}
}

// Windows' own numbers (Winsock), which no Unix counts up to.
const wsaAborted, wsaReset, wsaRefused = syscall.Errno(10053), syscall.Errno(10054), syscall.Errno(10061)

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, wsaAborted) || errors.Is(err, wsaReset)
}

func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, wsaRefused)
}

// isCut is also of a write to what net/http closed because the other side ended it.
func isCut(err error) bool {
	return isReset(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// isAlert is a TLS alert of the server, as crypto/tls reports it.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || (errors.As(err, &timeout) && timeout.Timeout())
}

// Transient is a fault that a new attempt may not meet again.
func Transient(err error) bool {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var proxy *ProxyError
	var record tls.RecordHeaderError
	var unsigned signerError
	switch {
	case errors.As(err, &unsigned):
		return false // a card counts wrong PINs, and blocks
	case errors.As(err, &proxy):
		return proxy.Status > 501 // 502, 503, 504; what 407 wants only a person can give
	case errors.Is(err, ErrTooLarge), errors.As(err, &cert), errors.As(err, &record), isAlert(err), isOldTLS(err):
		return false
	case errors.As(err, &dns):
		return !dns.IsNotFound
	default:
		return true
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the server"
	}
	return shown.Clean(u.Hostname())
}
