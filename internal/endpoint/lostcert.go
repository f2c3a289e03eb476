package endpoint

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"strings"
	"time"

	"authctl/internal/shown"
)

// explainCertificate is a server's certificate that was not believed.
func explainCertificate(field string, route Route, failed *tls.CertificateVerificationError) told {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch err := failed.Err; {
	case errors.As(err, &unknown):
		return unknownIssuer(field, route, failed.UnverifiedCertificates, unknown)
	case errors.As(err, &name) && len(name.Certificate.DNSNames)+len(name.Certificate.IPAddresses) == 0:
		return tell("the server's certificate names its host in the Common Name alone, which is not read any more (RFC 9525 2)", replaceIt(field))
	case errors.As(err, &name):
		return tell("the server's certificate is another host's: "+withoutPrefix(err), "check the host of "+field)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if strings.Contains(invalid.Detail, "is before") {
			return tell("a certificate of the server is good from "+day(invalid.Cert.NotBefore)+" only"+whose(invalid.Cert), "check this machine's clock")
		}
		return tell("a certificate of the server expired on "+day(invalid.Cert.NotAfter)+whose(invalid.Cert), "the server's operator has to renew it: tell them of "+field+"; or is this machine's clock wrong?")
	default:
		return tell("the server's certificate is not valid: "+withoutPrefix(err), replaceIt(field))
	}
}

func withoutPrefix(err error) string { return shown.Clean(strings.TrimPrefix(err.Error(), "x509: ")) }

func replaceIt(field string) string {
	return "the server's operator has to replace it: tell them of " + field
}

// whose tells the certificates of a chain apart.
func whose(c *x509.Certificate) string {
	if len(c.RawSubject) <= 2 { // an empty name
		return ""
	}
	return ": that of " + nameOf(c.Subject)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// unknownIssuer names the certificate at which the chain ends. Whether it is a
// link that the server forgot or an authority of its own cannot be told apart.
func unknownIssuer(field string, route Route, sent []*x509.Certificate, err x509.UnknownAuthorityError) told {
	if !route.OwnRoots && systemEmpty() {
		return withoutRoots(route)
	}
	last := end(sent)
	if last == nil {
		return tell("the server's certificate is signed by an unknown authority", trust(route, "the authority"))
	}
	issuer := nameOf(last.Issuer)
	// Only in its text does the error tell of an authority that has the right name and did not sign.
	isNamesake := strings.Contains(err.Error(), "candidate authority certificate")
	switch weak, broken := oldHash(sent), brokenLink(sent); {
	case isNamesake && weak != nil:
		return tell("a certificate of the server is signed with SHA-1 or MD5, which is not safe"+whose(weak), replaceIt(field))
	case isNamesake && broken != nil:
		return tell("the server sent a certificate of "+nameOf(broken.Issuer)+" along that is not the one that signed its own",
			"the server's operator has to send the right one: tell them of "+field)
	case isNamesake:
		return tell("the server's certificate is signed by "+issuer+", whose certificate here has another key", namesake(route, issuer))
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

// oldHash is a certificate whose signature crypto/x509 does not look at, nil for none.
func oldHash(sent []*x509.Certificate) *x509.Certificate {
	for _, c := range sent {
		switch c.SignatureAlgorithm { //nolint:exhaustive // all others are safe, or unknown
		case x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
			if !bytes.Equal(c.RawIssuer, c.RawSubject) {
				return c
			}
		}
	}
	return nil
}

// brokenLink is a certificate whose issuer by name was sent along and did not sign it.
func brokenLink(sent []*x509.Certificate) *x509.Certificate {
	for _, c := range sent {
		named, signed := false, false
		for _, by := range sent {
			if bytes.Equal(by.RawSubject, c.RawIssuer) {
				named, signed = true, signed || c.CheckSignatureFrom(by) == nil
			}
		}
		if named && !signed {
			return c
		}
	}
	return nil
}

// namesake is what to do about a trusted authority that only has the right name.
func namesake(route Route, whom string) string {
	if route.OwnRoots {
		return "the file of tls.ca has an older or newer certificate of " + whom + ": get the one that signed the server's"
	}
	return "this machine has an older or newer certificate of " + whom + "; let tls.ca name a file with the one that signed the server's"
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
		return `"` + shown.Clean(n.CommonName) + `"`
	}
	return `"` + shown.Clean(n.String()) + `"`
}
