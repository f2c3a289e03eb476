package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"syscall"

	"authctl/internal/fault"
)

// Lost is the fault.Network of a request to url that got no answer: what went
// wrong in a person's words, and a hint. field is where the profile has url.
func Lost(field, url string, err error) *fault.Error {
	text, hint := lostText(err, field)
	return fault.New(fault.Network, "asking %s: %w", WithoutQuery(url), textError{text, err}).Hint("%s", hint)
}

// textError replaces a cause's wording by a person's.
type textError struct {
	text  string
	cause error
}

func (e textError) Error() string { return e.text }
func (e textError) Unwrap() error { return e.cause }

func lostText(err error, field string) (text, hint string) {
	var dns *net.DNSError
	var unknownCA x509.UnknownAuthorityError
	var cert *tls.CertificateVerificationError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return "cannot find the host " + Clean(dns.Name), "check the host of " + field + ", and this machine's DNS"
	case errors.As(err, &unknownCA):
		return "the server's certificate is signed by an unknown authority", "set tls.ca to the authority's certificate"
	case errors.As(err, &cert):
		return "the server's certificate is not valid: " + Clean(cert.Err.Error()), "check the host of " + field + ", and this machine's clock"
	case isAlert(err):
		return "the server ended the TLS handshake: " + Clean(errors.Unwrap(err).Error()), "check tls.client_certificate and tls.client_key"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: connection refused", "check host and port of " + field
	case errors.Is(err, ErrTooLarge):
		return err.Error(), "check " + field
	case isTimeout(err):
		return "no answer in time", "the server is slow or does not answer; --timeout waits longer, 20s at most for one request"
	case errors.As(err, &op):
		return Clean(op.Err.Error()), "check the network and the host of " + field
	default:
		return Clean(err.Error()), "check the network and the host of " + field
	}
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
	switch {
	case errors.Is(err, ErrTooLarge), errors.As(err, &cert), isAlert(err):
		return false
	case errors.As(err, &dns):
		return !dns.IsNotFound
	default:
		return true
	}
}
