package clientauth

import (
	"cmp"
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// asserter is a method that sends a client assertion.
type asserter interface {
	assertion(ctx context.Context, issuer, tokenURL string) (secret.Text, error)
}

// signed signs a new assertion for every attempt, whose jti is single use:
// private_key_jwt and client_secret_jwt (OpenID Connect Core 9).
type signed struct {
	p   *profile.Profile
	d   Deps
	key func(context.Context, Deps, *profile.Profile) (*keys.Key, error)
}

func (a signed) Authenticate(ctx context.Context, r *endpoint.Request) error {
	key, err := a.key(ctx, a.d, a.p)
	if err != nil {
		return err
	}
	if len(key.Oct) > 0 {
		r.Hide(secret.New(string(key.Oct)))
	}
	text, err := a.sign(key, r.Issuer, r.TokenURL)
	if err != nil && key.HasProgram() {
		return err
	}
	if err != nil {
		return fault.New(fault.Config, "client assertion: %w", err).Hint("see assertion.alg and client.key of profile %s", a.p.Name)
	}
	setAssertion(r, a.p, text)
	return nil
}

func (a signed) assertion(ctx context.Context, issuer, tokenURL string) (secret.Text, error) {
	key, err := a.key(ctx, a.d, a.p)
	if err != nil {
		return secret.Text{}, err
	}
	return a.sign(key, issuer, tokenURL)
}

func (a signed) sign(key *keys.Key, issuer, tokenURL string) (secret.Text, error) {
	text, err := NewAssertion(a.p, key, Server{issuer, tokenURL}, a.d.Now(), a.d.Rand)
	return secret.New(text), err
}

func privateKey(ctx context.Context, d Deps, p *profile.Profile) (*keys.Key, error) {
	return ClientKey(ctx, d.Secrets, p)
}

// macKey is the client secret as a key. One that is shorter than RFC 7518 3.2
// wants is used all the same: it is the server that chose it.
func macKey(ctx context.Context, d Deps, p *profile.Profile) (*keys.Key, error) {
	text, err := clientSecret(ctx, d, p)
	if err != nil {
		return nil, err
	}
	key := &keys.Key{Oct: []byte(text.Reveal())}
	alg := cmp.Or(p.Assertion.Alg, keys.DefaultAlg(key))
	if err := key.CheckSecret(alg); err != nil && d.Warn != nil {
		d.Warn("client.secret of profile " + p.Name + ": " + err.Error() + "; ask the server's operator for a longer one")
	}
	return key, nil
}

// setAssertion also names the client, which RFC 7521 4.2 leaves optional and
// the providers' pages send.
func setAssertion(r *endpoint.Request, p *profile.Profile, assertion secret.Text) {
	r.Set("client_id", p.Client.ID)
	r.Set("client_assertion_type", p.Client.AssertionType)
	r.SetSecret("client_assertion", assertion)
}

// federated sends an assertion that a platform wrote to a file. It is read
// for every attempt because the platform rotates it.
type federated struct {
	p *profile.Profile
	s secret.Resolver
}

func (a federated) Authenticate(ctx context.Context, r *endpoint.Request) error {
	text, err := a.assertion(ctx, r.Issuer, r.TokenURL)
	if err != nil {
		return err
	}
	setAssertion(r, a.p, text)
	return nil
}

func (a federated) assertion(ctx context.Context, _, _ string) (secret.Text, error) {
	if a.p.Client.Assertion.IsZero() {
		return secret.Text{}, fault.New(fault.Config, "client.auth %s needs client.assertion", a.p.Client.Auth).
			Hint("set client.assertion to file:PATH or env:NAME in profile %s", a.p.Name)
	}
	return a.s.Resolve(ctx, a.p.Name, a.p.Client.Assertion)
}

// Assertion is what the profile's authentication method would send as
// client_assertion now: signed with its key or secret, or what a platform
// wrote. Methods that send none are fault.Config. issuer and tokenURL are as
// for NewAssertion.
func Assertion(ctx context.Context, d Deps, p *profile.Profile, issuer, tokenURL string) (secret.Text, error) {
	if build, ok := Builtin(d)[p.Client.Auth]; ok {
		if a, ok := build(p).(asserter); ok {
			return a.assertion(ctx, issuer, tokenURL)
		}
	}
	return secret.Text{}, fault.New(fault.Config, "client.auth %s sends no client assertion", p.Client.Auth).
		Hint("set client.auth to private_key_jwt, or give --key")
}
