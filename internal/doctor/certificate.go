package doctor

import (
	"context"
	"crypto/x509"
	"time"

	"authctl/internal/fault"
)

// soon is how long before its end a certificate is worth a warning.
const soon = 30 * 24 * time.Hour

// tls is trust and mutual TLS of the profile, as far as this machine knows.
func (e *exam) tls(ctx context.Context) {
	const check = "tls"
	t := e.p.TLS
	if t.CA.IsZero() && t.ClientCertificate.IsZero() {
		return
	}
	if e.memo.missing(t.CA, t.ClientCertificate, t.ClientKey, t.ClientKeyPassphrase) {
		e.skip(check, "a file of tls could not be read")
		return
	}
	config, err := e.TLS(ctx, e.p)
	if err != nil {
		e.fail(check, err)
		return
	}
	if !t.CA.IsZero() {
		e.ok(check, "only the authorities of tls.ca are trusted")
	}
	if len(config.Certificates) == 0 || len(config.Certificates[0].Certificate) == 0 {
		return
	}
	leaf, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		e.fail(check, fault.New(fault.Config, "tls.client_certificate: %w", err))
		return
	}
	e.validity(check, "the client certificate is ", leaf, "get a new certificate from the provider and name it in tls.client_certificate")
}

// validity reports when cert is good; fix says what to do when it is not.
func (e *exam) validity(check, before string, cert *x509.Certificate, fix string) {
	now := e.Now()
	switch {
	case now.After(cert.NotAfter):
		e.fail(check, fault.New(fault.Config, "%sexpired on %s", before, day(cert.NotAfter)).Hint("%s", fix))
	case now.Before(cert.NotBefore):
		e.fail(check, fault.New(fault.Config, "%sgood from %s only", before, day(cert.NotBefore)).Hint("%s; or is this machine's clock wrong?", fix))
	case cert.NotAfter.Sub(now) < soon:
		e.warn(check, before+until(cert, now), fix)
	default:
		e.ok(check, "%s%s", before, until(cert, now))
	}
}

func until(cert *x509.Certificate, now time.Time) string {
	return "good until " + day(cert.NotAfter) + " (" + count(int(cert.NotAfter.Sub(now)/(24*time.Hour)), "day") + ")"
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
