package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/files"
)

// silent is the fault of an engine that gave no answer, or none that ends.
func (w *wire) silent(doing, url string, err error) *fault.Error {
	text := ""
	if large := (*files.TooLargeError)(nil); errors.As(err, &large) {
		return Overlong.trouble(doing, url, "it "+large.Error(), "check store.address; where it is right, too much stands where authctl keeps its records: give it a place of its own")
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		text = "no answer in time"
	case w.Explain != nil:
		text = w.Explain(url, err)
	default:
		text = err.Error()
	}
	if w.patience < patience {
		text += "; no longer waited for, because of --timeout"
	}
	if len(w.addresses) > 1 {
		text += " (nor did the others of " + strings.Join(w.addresses, ", ") + ")"
	}
	hint := "check store.address and the network; --store none keeps nothing, and no other store takes its place"
	if cert := (*tls.CertificateVerificationError)(nil); errors.As(err, &cert) {
		hint = "store.ca_certificate is the certificate of the authority that the engine's certificate is from"
		if named := (x509.HostnameError{}); errors.As(err, &named) {
			hint = "store.address names a host that the engine's certificate is not for"
		}
	}
	return Unreachable.trouble(doing, url, text, hint)
}

// overdue is a silence that the deadline of who asked has ended.
type overdue struct{ error }

func (o overdue) Unwrap() error        { return o.error }
func (o overdue) Is(target error) bool { return target == context.DeadlineExceeded }

// hopeless is a failure that the same addresses give again.
func hopeless(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	var large *files.TooLargeError
	return errors.As(err, &cert) || errors.As(err, &record) || errors.As(err, &large) || errors.As(err, &dns) && dns.IsNotFound
}
