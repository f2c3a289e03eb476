package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"slices"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/trust"
)

// STS is the way to the security token service of a profile.
type STS struct{ Deps }

// Holder is the certificate that an assertion is asked for, with its private key.
func (s STS) Holder(ctx context.Context, p *profile.Profile) (tls.Certificate, error) {
	pair, err := s.Trust().Pair(ctx, p, trust.Holder{Certificate: p.STSCertificate(), Key: p.STSKey(), Passphrase: p.STSKeyPassphrase()})
	if err == nil && pair.Leaf == nil {
		pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0])
	}
	return pair, err
}

// Signers are the certificates that an assertion may be signed with; none: any.
func (s STS) Signers(ctx context.Context, p *profile.Profile) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for _, ref := range p.STS.SigningCertificates {
		text, err := s.Secrets.Resolve(ctx, p.Name, ref)
		if err != nil {
			return nil, err
		}
		found, err := keys.Certificates([]byte(text.Reveal()), keys.Options{})
		if err != nil {
			return nil, fault.New(fault.Config, "sts.signing_certificates %s: %w", ref, err).Hint("authctl kid FILE shows what a file holds")
		}
		all = append(all, found...)
	}
	return all, nil
}

// Way is how a message gets there. The client certificate of tls: is another server's
// and has no part in it. holder is shown where the protocol is mutual TLS, by a server
// that asks for it in a renegotiation, once it has seen the path: what HTTP/2 and
// TLS 1.3 do not have (RFC 8446 4.1.2, RFC 9113 9.2.1).
func (s STS) Way(ctx context.Context, p *profile.Profile, holder tls.Certificate) (acquire.Poster, error) {
	if s.HTTP != nil {
		return s.Bare(), nil
	}
	own := *p
	own.TLS = profile.TLS{CA: p.TLS.CA}
	t, err := s.Trust().Of(ctx, &own)
	if err != nil {
		return nil, err
	}
	config, field := t.Config, "sts.protocol"
	if p.STS.Protocol == profile.MTLSJSON {
		if config == nil {
			config = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		config.Certificates = slices.Concat(config.Certificates, []tls.Certificate{holder})
		config.MaxVersion, config.Renegotiation = tls.VersionTLS12, tls.RenegotiateOnceAsClient
		if field = p.STSCertificate().Path; p.STSCertificate().Ref.IsZero() {
			field = p.STSKey().Path
		}
	}
	return s.client(config, field), nil
}
