package rotation

import (
	"cmp"
	"context"
	"errors"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// UseOptions are the wishes of one change.
type UseOptions struct {
	From        string // the file of the next key, "" for the one that Make kept beside
	Certificate string // the file of its certificate, where the profile has client.certificate
	Untested    bool   // the server is not asked
}

// Use makes the next key that of the profile, if the server takes it: else
// nothing has changed. It returns the key.
func (d *Deps) Use(ctx context.Context, p *profile.Profile, o UseOptions) (*keys.Key, error) {
	l := d.of(p, signing(p))
	next, err := d.candidate(ctx, p, l, o)
	if err != nil {
		return nil, err
	}
	key, err := d.load(ctx, next.profile)
	if err == nil {
		err = signs(key, shapeOf(p).Alg, signing(next.profile))
	}
	if err != nil {
		return nil, unchanged(err)
	}
	if !o.Untested {
		if g := p.GrantType(); g.Person || g.Trades && p.GrantAssertion == nil && !p.GrantFromSTS() {
			return nil, fault.New(fault.Usage, "only a person can try the new key: grant is %s", p.Grant).
				Hint("--untested takes it without a try; the old one is kept until authctl key forget")
		}
		if err := d.Try(ctx, next.profile); err != nil {
			return nil, unchanged(err)
		}
	}
	unlock, err := d.alone(ctx, l)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := l.promote(ctx, next.text); err != nil || o.Certificate == "" {
		return key, err
	}
	return key, d.certify(ctx, p, next.profile)
}

// signs says why the profile could not sign with key, which no server may be asked.
func signs(key *keys.Key, alg string, at profile.RefAt) error {
	if err := key.CheckSigning(cmp.Or(alg, keys.DefaultAlg(key))); err != nil {
		return fault.New(fault.Config, "%s %s: %w", at.Path, at.Ref, err).Hint("is it the private key, and of the assertion's alg in the profile?")
	}
	return nil
}

// candidate is the next key, and the profile with it.
type candidate struct {
	text    secret.Text
	profile *profile.Profile
}

// candidate is the next key, as far as it may change places with the one in use.
func (d *Deps) candidate(ctx context.Context, p *profile.Profile, l *place, o UseOptions) (next candidate, err error) {
	if err := l.changeable(ctx); err != nil {
		return next, err
	}
	waits, err := l.text(ctx, New)
	if err != nil {
		return next, err
	}
	ref := l.at(New)
	switch certified := Certified(p); {
	case certified && o.Certificate == "":
		return next, fault.New(fault.Usage, "client.certificate is that of the key in use").
			Hint("--certificate FILE names the new key's, which authctl key new --csr SUBJECT makes a request for").
			Hint("or take client.certificate out of profile %s, if nothing is made of it", p.Name)
	case !certified && o.Certificate != "":
		return next, fault.New(fault.Usage, "--certificate: profile %s has no client.certificate", p.Name)
	case o.From != "":
		ref = secret.Ref{Kind: secret.File, Path: o.From}
	case waits.IsZero() && o.Certificate != "": // this change was ended between key and certificate
		ref = l.ref
	case waits.IsZero():
		return next, fault.New(fault.Config, "there is no key that waits to be used: %s", ref).Hint("authctl key new -p %s makes one", p.Name)
	}
	if next.text, err = d.Secrets.Resolve(ctx, p.Name, ref); err != nil {
		return next, err
	}
	next.profile = with(p, ref)
	if o.Certificate != "" {
		next.profile.Client.Certificate = secret.Ref{Kind: secret.File, Path: o.Certificate, AnyMode: true}
	}
	_, err = l.vacant(ctx, next.text)
	return next, err
}

// Certified is true where the key has a certificate, which is to change with it.
func Certified(p *profile.Profile) bool {
	return !p.Client.Certificate.IsZero() && signing(p).Path == profile.ClientKey
}

// certify puts the certificate of next in the place of p's.
func (d *Deps) certify(ctx context.Context, p, next *profile.Profile) error {
	l := d.of(p, profile.RefAt{Path: "client.certificate", Ref: p.Client.Certificate})
	if err := l.changeable(ctx); err != nil {
		return err
	}
	text, err := d.Secrets.Resolve(ctx, p.Name, next.Client.Certificate)
	if err != nil {
		return err
	}
	return l.promote(ctx, text)
}

// unchanged is why the next key was not taken.
func unchanged(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	own := *f
	own.Hints = append([]string{"nothing was changed: the profile has the key that it had. Is the new public key registered? authctl key list shows both"}, f.Hints...)
	return &own
}
