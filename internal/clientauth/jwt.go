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

// privateKeyJWT signs a new assertion for every attempt: its jti is single use.
type privateKeyJWT struct {
	p *profile.Profile
	d Deps
}

func (a privateKeyJWT) Authenticate(ctx context.Context, r *endpoint.Request) error {
	key, err := ClientKey(ctx, a.d.Secrets, a.p)
	if err != nil {
		return err
	}
	return assert(a.p, a.d, key, r)
}

// secretJWT is the same under the client secret (OpenID Connect Core 9).
type secretJWT struct {
	p *profile.Profile
	d Deps
}

func (a secretJWT) Authenticate(ctx context.Context, r *endpoint.Request) error {
	text, err := clientSecret(ctx, a.d, a.p)
	if err != nil {
		return err
	}
	r.Hide(text)
	key := secretKey(text)
	warnShort(a.p, a.d, key)
	return assert(a.p, a.d, key, r)
}

func secretKey(text secret.Text) *keys.Key { return &keys.Key{Oct: []byte(text.Reveal())} }

// warnShort tells of a secret that RFC 7518 3.2 forbids. It is the server that
// chose it and would refuse another, so it is used all the same.
func warnShort(p *profile.Profile, d Deps, key *keys.Key) {
	alg := cmp.Or(p.Assertion.Alg, keys.DefaultAlg(key))
	if err := key.CheckSecret(alg); err != nil && d.Warn != nil {
		d.Warn("client.secret of profile " + p.Name + ": " + err.Error() + "; ask the server's operator for a longer one")
	}
}

func assert(p *profile.Profile, d Deps, key *keys.Key, r *endpoint.Request) error {
	signed, err := NewAssertion(p, key, r.Issuer, r.TokenURL, d.Now(), d.Rand)
	if err != nil {
		return fault.New(fault.Config, "client assertion: %w", err).Hint("see assertion.alg and client.key of profile %s", p.Name)
	}
	setAssertion(r, p, secret.New(signed))
	return nil
}

// setAssertion also names the client, which RFC 7521 4.2 leaves optional and
// the providers' pages send.
func setAssertion(r *endpoint.Request, p *profile.Profile, assertion secret.Text) {
	r.Set("client_id", p.Client.ID)
	r.Set("client_assertion_type", ClientAssertionType)
	r.SetSecret("client_assertion", assertion)
}

// federated sends an assertion that a platform placed in a file. It is read
// for every attempt because the platform rotates it.
type federated struct {
	p *profile.Profile
	s Secrets
}

func (a federated) Authenticate(ctx context.Context, r *endpoint.Request) error {
	if a.p.Client.Assertion.IsZero() {
		return fault.New(fault.Config, "client.auth federated needs client.assertion").
			Hint("set client.assertion to file:PATH or env:NAME in profile %s", a.p.Name)
	}
	text, err := a.s.Resolve(ctx, a.p.Name, a.p.Client.Assertion)
	if err != nil {
		return err
	}
	setAssertion(r, a.p, text)
	return nil
}

// Assertion is what the profile's authentication method would send as
// client_assertion now: signed with its key or secret, or what a platform
// placed. Methods that send none are fault.Config. issuer and tokenURL are as
// for NewAssertion.
func Assertion(ctx context.Context, d Deps, p *profile.Profile, issuer, tokenURL string) (secret.Text, error) {
	var key *keys.Key
	var err error
	switch p.Client.Auth {
	case "private_key_jwt":
		key, err = ClientKey(ctx, d.Secrets, p)
	case "client_secret_jwt":
		var text secret.Text
		text, err = clientSecret(ctx, d, p)
		if key = secretKey(text); err == nil {
			warnShort(p, d, key)
		}
	case "federated":
		return d.Secrets.Resolve(ctx, p.Name, p.Client.Assertion)
	default:
		return secret.Text{}, fault.New(fault.Config, "client.auth %s sends no client assertion", p.Client.Auth).
			Hint("set client.auth to private_key_jwt, or give --key")
	}
	if err != nil {
		return secret.Text{}, err
	}
	signed, err := NewAssertion(p, key, issuer, tokenURL, d.Now(), d.Rand)
	return secret.New(signed), err
}
