package trust

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Holder is a certificate and the private key of it, each with its place in the
// profile. One of the first two may be zero, and the other's file has both.
type Holder struct {
	Certificate, Key, Passphrase profile.RefAt
}

// tlsHolder is who a profile is in mutual TLS.
func tlsHolder(p *profile.Profile) Holder {
	return Holder{
		profile.RefAt{Path: "tls.client_certificate", Ref: p.TLS.ClientCertificate},
		profile.RefAt{Path: "tls.client_key", Ref: p.TLS.ClientKey},
		profile.RefAt{Path: "tls.client_key_passphrase", Ref: p.TLS.ClientKeyPassphrase},
	}
}

// Pair is the certificate of h with its private key: from two files, or from one
// that holds both (PEM, PKCS#12). Its errors are faults of kind Config.
func (d Deps) Pair(ctx context.Context, p *profile.Profile, h Holder) (tls.Certificate, error) {
	certificate, key := h.Certificate.Ref, h.Key.Ref
	if key.Signs() {
		return d.signedElsewhere(ctx, p, h)
	}
	if key.IsZero() {
		key = certificate
	}
	if certificate.IsZero() {
		certificate = key
	}
	var texts [2][]byte
	for i, ref := range []secret.Ref{certificate, key} {
		text, err := d.Secrets.Resolve(ctx, p.Name, ref)
		if err != nil {
			return tls.Certificate{}, err
		}
		texts[i] = []byte(text.Reveal())
	}
	pair, err := tls.X509KeyPair(texts[0], texts[1])
	if err != nil {
		pair, err = h.pairOf(texts[0], texts[1], keys.Options{Passphrase: d.keyPassphrase(ctx, p, h)})
	}
	if err == nil && h.Key.Ref.IsZero() {
		// A certificate is public; a file that turned out to hold the key is its owner's alone.
		key.AnyMode = false
		_, err = d.Secrets.Resolve(ctx, p.Name, key)
	}
	return pair, err
}

// signedElsewhere is the certificate with a key that stays where it is.
func (d Deps) signedElsewhere(ctx context.Context, p *profile.Profile, h Holder) (tls.Certificate, error) {
	private, err := keys.Of(ctx, d.Secrets, p.Name, h.Key.Path, h.Key.Ref, keys.Options{})
	if err != nil {
		return tls.Certificate{}, err
	}
	text, err := d.Secrets.Resolve(ctx, p.Name, h.Certificate.Ref)
	if err != nil {
		return tls.Certificate{}, err
	}
	return h.withChain(private, []byte(text.Reveal()), keys.Options{})
}

// pairOf reads what crypto/tls does not: DER, PKCS#12, encrypted keys, UTF-16,
// a chain in another order.
func (h Holder) pairOf(certificate, key []byte, o keys.Options) (tls.Certificate, error) {
	private, err := keys.Load(key, o)
	switch {
	case err != nil:
		return tls.Certificate{}, unusable(h.keyField(), err)
	case private.Signer == nil && !h.Key.Ref.IsZero():
		return tls.Certificate{}, fault.New(fault.Config, "%s: no private key in it", h.Key.Path).Hint("authctl kid FILE shows what a file holds")
	case private.Signer == nil:
		return tls.Certificate{}, fault.New(fault.Config, "the private key of %s is missing", h.Certificate.Path).
			Hint("let %s name it; authctl kid FILE shows what a file holds", h.Key.Path)
	}
	return h.withChain(private, certificate, o)
}

// withChain is the certificate of private, and of the others what stands beside it.
func (h Holder) withChain(private *keys.Key, certificate []byte, o keys.Options) (tls.Certificate, error) {
	chain, err := keys.Certificates(certificate, o)
	if err != nil && h.Certificate.Ref.IsZero() {
		return tls.Certificate{}, fault.New(fault.Config, "%s: %w", h.Key.Path, err).Hint("let %s name the file of its certificate", h.Certificate.Path)
	}
	if err != nil {
		return tls.Certificate{}, unusable(h.Certificate.Path, err)
	}
	pair := tls.Certificate{PrivateKey: private.Signer}
	for _, c := range chain {
		if pair.Leaf == nil && belongs(c, private) {
			pair.Leaf, pair.Certificate = c, append([][]byte{c.Raw}, pair.Certificate...)
			continue
		}
		pair.Certificate = append(pair.Certificate, c.Raw)
	}
	if pair.Leaf == nil {
		return tls.Certificate{}, fault.New(fault.Config, "%s is not the key of %s", h.Key.Path, h.Certificate.Path).
			Hint("compare authctl kid of both files")
	}
	return pair, nil
}

// keyField is the field whose file has the private key.
func (h Holder) keyField() string {
	if h.Key.Ref.IsZero() {
		return h.Certificate.Path
	}
	return h.Key.Path
}

// unusable keeps a fault that explains itself, such as a missing passphrase.
func unusable(field string, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	return fault.New(fault.Config, "%s: %w", field, err).Hint("authctl kid FILE shows what a file holds")
}

func belongs(c *x509.Certificate, k *keys.Key) bool {
	public, err := keys.FromCertificate(c)
	if err != nil {
		return false
	}
	theirs, errTheirs := public.SPKISHA256()
	mine, errMine := k.SPKISHA256()
	return errTheirs == nil && errMine == nil && theirs == mine
}

// keyPassphrase asks for the passphrase once, however many files it opens.
func (d Deps) keyPassphrase(ctx context.Context, p *profile.Profile, h Holder) func() (secret.Text, error) {
	var text secret.Text
	return func() (secret.Text, error) {
		ref := h.Passphrase.Ref
		if ref.IsZero() {
			return secret.Text{}, fault.New(fault.Config, "the key of %s is encrypted", h.keyField()).
				Hint("set %s in profile %s", h.Passphrase.Path, p.Name)
		}
		var err error
		if text.IsZero() {
			text, err = d.Secrets.Resolve(ctx, p.Name, ref)
		}
		return text, err
	}
}
