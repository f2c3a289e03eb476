// Package clientauth proves the client to the authorization server, one file
// for each method of RFC 6749 2.3, RFC 7523, RFC 8705 and the plain public
// client. Every attempt of a request is authenticated anew.
package clientauth

import (
	"context"
	"io"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Authenticator adds the client's proof to a request.
type Authenticator interface {
	Authenticate(ctx context.Context, r *endpoint.Request) error
}

// Deps is what the methods need from outside.
type Deps struct {
	Secrets secret.Resolver
	Now     func() time.Time
	Rand    io.Reader
	// Warn tells a person, once for each line however often it is called; nil: nobody.
	Warn func(line string)
}

// Builder makes the Authenticator of one profile.
type Builder func(p *profile.Profile) Authenticator

// ClientKey loads the profile's private key, with its certificate when the
// profile names one (x5t needs it). Nothing of the key appears in errors.
func ClientKey(ctx context.Context, s secret.Resolver, p *profile.Profile) (*keys.Key, error) {
	if p.Client.Key.IsZero() && !p.Client.Method().Uses(profile.ClientKey) {
		return nil, fault.New(fault.Config, "the profile has no client.key").
			Hint("client.auth %s signs nothing with a key; private_key_jwt does", p.Client.Auth)
	}
	if p.Client.Key.IsZero() {
		return nil, fault.New(fault.Config, "client.auth %s needs client.key", p.Client.Auth).
			Hint("set client.key to file:PATH or keyring:NAME in profile %s", p.Name)
	}
	key, err := load(ctx, s, p, profile.RefAt{Path: profile.ClientKey, Ref: p.Client.Key})
	if err != nil {
		return nil, err
	}
	return withCertificate(ctx, s, p, key)
}

// load reads the private key of one field.
func load(ctx context.Context, s secret.Resolver, p *profile.Profile, at profile.RefAt) (*keys.Key, error) {
	return keys.Of(ctx, s, p.Name, at.Path, at.Ref, keys.Options{Passphrase: func() (secret.Text, error) {
		if p.Client.KeyPassphrase.IsZero() {
			return secret.Text{}, fault.New(fault.Config, "the key is encrypted").Hint("set client.key_passphrase")
		}
		return s.Resolve(ctx, p.Name, p.Client.KeyPassphrase)
	}})
}

func withCertificate(ctx context.Context, s secret.Resolver, p *profile.Profile, key *keys.Key) (*keys.Key, error) {
	if p.Client.Certificate.IsZero() {
		return key, nil
	}
	raw, err := s.Resolve(ctx, p.Name, p.Client.Certificate)
	if err != nil {
		return nil, err
	}
	cert, err := keys.Load([]byte(raw.Reveal()), keys.Options{})
	if err != nil || cert.Certificate == nil {
		return nil, fault.New(fault.Config, "client.certificate %s holds no certificate", p.Client.Certificate)
	}
	if !keys.Same(key, cert) {
		return nil, fault.New(fault.Config, "client.certificate is not the certificate of client.key").
			Hint("compare authctl kid of both files")
	}
	both := *key
	both.Certificate, both.Chain = cert.Certificate, cert.Chain
	return &both, nil
}
