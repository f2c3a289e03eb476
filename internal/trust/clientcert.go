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

// clientCertificate is the certificate of mutual TLS with its private key: from
// two files, or from one that holds both (PEM, PKCS#12).
func (d Deps) clientCertificate(ctx context.Context, p *profile.Profile) (tls.Certificate, error) {
	key := p.TLS.ClientKey
	if key.Signs() {
		return d.signedElsewhere(ctx, p)
	}
	if key.IsZero() {
		key = p.TLS.ClientCertificate
	}
	var texts [2][]byte
	for i, ref := range []secret.Ref{p.TLS.ClientCertificate, key} {
		text, err := d.Secrets.Resolve(ctx, p.Name, ref)
		if err != nil {
			return tls.Certificate{}, err
		}
		texts[i] = []byte(text.Reveal())
	}
	pair, err := tls.X509KeyPair(texts[0], texts[1])
	if err != nil {
		pair, err = pairOf(texts[0], texts[1], keys.Options{Passphrase: d.keyPassphrase(ctx, p)})
	}
	if err == nil && p.TLS.ClientKey.IsZero() {
		// A certificate is public; a file that turned out to hold the key is its owner's alone.
		key.AnyMode = false
		_, err = d.Secrets.Resolve(ctx, p.Name, key)
	}
	return pair, err
}

// signedElsewhere is the certificate with a key that stays where it is.
func (d Deps) signedElsewhere(ctx context.Context, p *profile.Profile) (tls.Certificate, error) {
	private, err := keys.Of(ctx, d.Secrets, p.Name, "tls.client_key", p.TLS.ClientKey, keys.Options{})
	if err != nil {
		return tls.Certificate{}, err
	}
	text, err := d.Secrets.Resolve(ctx, p.Name, p.TLS.ClientCertificate)
	if err != nil {
		return tls.Certificate{}, err
	}
	return withChain(private, []byte(text.Reveal()), keys.Options{})
}

// pairOf reads what crypto/tls does not: DER, PKCS#12, encrypted keys, UTF-16,
// a chain in another order.
func pairOf(certificate, key []byte, o keys.Options) (tls.Certificate, error) {
	private, err := keys.Load(key, o)
	switch {
	case err != nil:
		return tls.Certificate{}, unusable("tls.client_key", err)
	case private.Signer == nil:
		return tls.Certificate{}, fault.New(fault.Config, "the private key of tls.client_certificate is missing").
			Hint("let tls.client_key name it; authctl kid FILE shows what a file holds")
	}
	return withChain(private, certificate, o)
}

// withChain is the certificate of private, and of the others what stands beside it.
func withChain(private *keys.Key, certificate []byte, o keys.Options) (tls.Certificate, error) {
	chain, err := keys.Certificates(certificate, o)
	if err != nil {
		return tls.Certificate{}, unusable("tls.client_certificate", err)
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
		return tls.Certificate{}, fault.New(fault.Config, "tls.client_key is not the key of tls.client_certificate").
			Hint("compare authctl kid of both files")
	}
	return pair, nil
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

// keyPassphrase asks for tls.client_key_passphrase once, however many files it opens.
func (d Deps) keyPassphrase(ctx context.Context, p *profile.Profile) func() (secret.Text, error) {
	var text secret.Text
	return func() (secret.Text, error) {
		ref := p.TLS.ClientKeyPassphrase
		if ref.IsZero() {
			return secret.Text{}, fault.New(fault.Config, "the key of tls.client_certificate is encrypted").
				Hint("set tls.client_key_passphrase in profile %s", p.Name)
		}
		var err error
		if text.IsZero() {
			text, err = d.Secrets.Resolve(ctx, p.Name, ref)
		}
		return text, err
	}
}
