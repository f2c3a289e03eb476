package doctor

import (
	"context"
	"crypto/rsa"
	"crypto/x509"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/trust"
)

// sts looks at what the security token service is asked with, and at the
// certificates that its assertions are held against.
func (e *exam) sts(ctx context.Context) {
	if e.p.STS.URL == "" {
		return
	}
	if leaf := e.holder(ctx); leaf != nil {
		e.mayAsk(leaf)
	}
	e.signers(ctx)
}

// holder is the certificate of the key that requests are signed with; nil where one of the two is no good.
func (e *exam) holder(ctx context.Context) *x509.Certificate {
	const check = "sts certificate"
	h := trust.Holder{Certificate: e.p.STSCertificate(), Key: e.p.STSKey(), Passphrase: e.p.STSKeyPassphrase()}
	if e.memo.missing(h.Certificate.Ref, h.Key.Ref, h.Passphrase.Ref) {
		e.skip(check, "%s, its key or its passphrase could not be read", h.Certificate.Path)
		return nil
	}
	pair, err := trust.Deps{Secrets: e.memo}.Pair(ctx, e.p, h)
	if err != nil {
		e.fail(check, err)
		return nil
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			e.fail(check, fault.New(fault.Config, "%s: %w", h.Certificate.Path, err))
			return nil
		}
	}
	e.validity(check, "belongs to "+h.Key.Path+", ", pair.Leaf, "register a new certificate with the operator of sts.url and name it in "+h.Certificate.Path)
	return pair.Leaf
}

// mayAsk: what a service may refuse in a certificate that is good otherwise.
func (e *exam) mayAsk(leaf *x509.Certificate) {
	const check = "sts key"
	_, isRSA := leaf.PublicKey.(*rsa.PublicKey)
	switch {
	case !isRSA && e.p.STS.Protocol != profile.MTLSJSON:
		e.fail(check, fault.New(fault.Config, "a message of sts.protocol %s is signed with an RSA key, and this one is %s", e.p.STS.Protocol, leaf.PublicKeyAlgorithm).
			Hint("get a certificate of an RSA key from the operator of sts.url"))
	case leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0: // RFC 5280 4.2.1.3
		e.warn(check, "the certificate's keyUsage has no digitalSignature, so the service may refuse what is signed with its key",
			"get a certificate for signing from the operator of sts.url")
	default:
		e.ok(check, "%s, subject %.100q", leaf.PublicKeyAlgorithm, leaf.Subject.String())
	}
}

// signers: one of sts.signing_certificates is enough, and the others may be over.
func (e *exam) signers(ctx context.Context) {
	const check = "sts.signing_certificates"
	var last *x509.Certificate
	for _, ref := range e.p.STS.SigningCertificates {
		text, err := e.memo.Resolve(ctx, e.p.Name, ref)
		if err != nil {
			return // said with the secrets
		}
		found, err := keys.Certificates([]byte(text.Reveal()), keys.Options{})
		if err != nil {
			e.fail(check, fault.New(fault.Config, "%s: %w", ref, err).Hint("authctl kid FILE shows what a file holds"))
			return
		}
		for _, c := range found {
			if last == nil || c.NotAfter.After(last.NotAfter) {
				last = c
			}
		}
	}
	if last == nil {
		e.ok(check, "none: TLS alone vouches for who signed an assertion")
		return
	}
	e.validity(check, "the newest is ", last, "name the service's next signing certificate beside it, before it signs with that")
}

// stsHost asks the service's host, to which the client certificate of tls: is not shown.
func (n *network) stsHost(ctx context.Context) {
	if n.p.STS.URL == "" {
		return
	}
	own := *n.p
	own.TLS = profile.TLS{CA: n.p.TLS.CA}
	client, err := n.Client(ctx, &own)
	if err != nil {
		n.fail("sts.url", err)
		return
	}
	bare := *n
	bare.client = client
	bare.visit(ctx, "sts.url", n.p.STS.URL)
	n.clock("sts clock", "the host of sts.url", n.p.STS.URL, messageLife, "a message is good for")
}
