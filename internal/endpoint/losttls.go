package endpoint

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net"
	"strings"
	"time"
)

// explainTLS tells of what ended a TLS handshake; false for anything else.
func explainTLS(field string, route Route, err error) (told, bool) {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var noRoots x509.SystemRootsError
	operator := "the server's operator has to mend it: tell them of " + field
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
			"check that the certificate of tls.client_certificate is the one that the provider registered, and is still good"), true
	case route.Asked:
		return tell("the server asked for a client certificate, and ended the TLS handshake without one: "+text,
			"set tls.client_certificate and tls.client_key"), true
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
		return Clean(op.Err.Error())
	}
	return ""
}

// explainCertificate is a server's certificate that was not believed.
func explainCertificate(field string, route Route, failed *tls.CertificateVerificationError) told {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch err := failed.Err; {
	case errors.As(err, &unknown):
		return unknownIssuer(field, route, failed.UnverifiedCertificates)
	case errors.As(err, &name):
		return tell("the server's certificate is another host's: "+withoutPrefix(err), "check the host of "+field)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if strings.Contains(invalid.Detail, "is before") {
			return tell("a certificate of the server is good from "+day(invalid.Cert.NotBefore)+" only", "check this machine's clock")
		}
		return tell("a certificate of the server expired on "+day(invalid.Cert.NotAfter), "the server's operator has to renew it: tell them of "+field+"; or is this machine's clock wrong?")
	default:
		return tell("the server's certificate is not valid: "+withoutPrefix(err), "the server's operator has to replace it: tell them of "+field)
	}
}

func withoutPrefix(err error) string { return Clean(strings.TrimPrefix(err.Error(), "x509: ")) }

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// unknownIssuer names the certificate at which the chain ends. Whether it is a
// link that the server forgot or an authority of its own cannot be told apart.
func unknownIssuer(field string, route Route, sent []*x509.Certificate) told {
	if !route.OwnRoots && systemEmpty() {
		return withoutRoots(route)
	}
	last := end(sent)
	if last == nil {
		return tell("the server's certificate is signed by an unknown authority", trust(route, "the authority"))
	}
	issuer := nameOf(last.Issuer)
	switch {
	case !bytes.Equal(last.RawIssuer, last.RawSubject):
		return tell("the server's certificate leads to "+issuer+", an unknown authority: its certificate was not sent and is not trusted here",
			"if "+issuer+" is an intermediate authority, the server has to send that certificate along with its own: tell its operator of "+field,
			trust(route, issuer))
	case len(sent) == 1:
		return tell("the server's certificate is signed by itself ("+issuer+"), which is an unknown authority", trust(route, "the server itself"))
	default:
		return tell("the server's certificate is signed by an unknown authority, "+issuer, trust(route, issuer))
	}
}

// trust is how to trust an authority, from where the profile stands.
func trust(route Route, whom string) string {
	if route.OwnRoots {
		return "the file of tls.ca replaces the system's authorities, and lacks the certificate of " + whom
	}
	return "where you trust it, let tls.ca name a file with the certificate of " + whom
}

// end follows the chain from the leaf as far as what was sent allows.
func end(sent []*x509.Certificate) *x509.Certificate {
	if len(sent) == 0 {
		return nil
	}
	last := sent[0]
	for range sent {
		next := last
		for _, c := range sent {
			if bytes.Equal(c.RawSubject, last.RawIssuer) {
				next = c
			}
		}
		if next == last || bytes.Equal(last.RawIssuer, last.RawSubject) {
			break
		}
		last = next
	}
	return last
}

func nameOf(n pkix.Name) string {
	if n.CommonName != "" {
		return `"` + Clean(n.CommonName) + `"`
	}
	return `"` + Clean(n.String()) + `"`
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
		return tell(text, "SSL_CERT_FILE names "+Clean(route.RootsFile)+", which holds no certificate that can be read", "or let tls.ca name the file")
	}
	return tell(text, "install the package ca-certificates, or let SSL_CERT_FILE or tls.ca name a file of root certificates")
}
