package endpoint

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"authctl/internal/shown"
)

// explainTLS tells of what ended a TLS handshake; false for anything else.
func explainTLS(field string, route Route, err error) (told, bool) {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var noRoots x509.SystemRootsError
	operator := "the server's operator has to fix it: tell them of " + field
	switch {
	case errors.As(err, &noRoots):
		return withoutRoots(route), true
	case errors.As(err, &cert):
		return explainCertificate(field, route, cert), true
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return tell("the server speaks plain HTTP there, without TLS", "check scheme and port of "+field), true
	case errors.As(err, &record):
		return tell("what answers there does not speak TLS", "check scheme and port of "+field), true
	case isOldTLS(err):
		return tell("the server offers no TLS 1.2, which is the oldest that is safe", operator), true
	case !isAlert(err):
		return told{}, false
	}
	text := alertText(err)
	switch {
	case route.Asked && route.HasCertificate:
		return tell("the server ended the TLS handshake after the client certificate was sent: "+text,
			"check that the certificate of "+cmp.Or(route.Field, standardField)+" is the one that the provider registered, and is still good"), true
	case route.Asked:
		return tell("the server asked for a client certificate, and ended the TLS handshake without one: "+text,
			route.unset()), true
	default:
		return tell("the server ended the TLS handshake: "+text, "check host and port of "+field), true
	}
}

// isOldTLS is a server whose newest version is older than TLS 1.2: it either
// refuses ours by an alert or answers with its own.
func isOldTLS(err error) bool {
	return isAlert(err) && strings.Contains(alertText(err), "protocol version") ||
		strings.Contains(err.Error(), "server selected unsupported protocol version")
}

func alertText(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return shown.Clean(op.Err.Error())
	}
	return ""
}

// systemEmpty is true on a machine without any authority, such as a container
// that was made from nothing.
func systemEmpty() bool {
	pool, err := x509.SystemCertPool()
	return err != nil || pool.Equal(x509.NewCertPool())
}

func withoutRoots(route Route) told {
	const text = "this machine trusts no authority at all: no root certificates were found"
	if route.RootsFile != "" {
		return tell(text, "SSL_CERT_FILE names "+shown.Clean(route.RootsFile)+", which holds no certificate that can be read", "or let tls.ca name the file")
	}
	return tell(text, "install the package ca-certificates, or let SSL_CERT_FILE or tls.ca name a file of root certificates")
}
