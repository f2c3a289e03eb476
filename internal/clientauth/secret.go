package clientauth

import (
	"context"
	"encoding/base64"
	"net/url"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// basic is HTTP Basic. RFC 6749 2.3.1 form-encodes id and secret first; many
// servers expect them raw, as `curl --user` sends them (client.basic_encoding).
type basic struct {
	p *profile.Profile
	d Deps
}

func (a basic) Authenticate(ctx context.Context, r *endpoint.Request) error {
	text, err := clientSecret(ctx, a.d, a.p)
	if err != nil {
		return err
	}
	id, password := a.p.Client.ID, text.Reveal()
	if a.p.Client.BasicEncoding != "raw" {
		id, password = url.QueryEscape(id), url.QueryEscape(password)
	}
	r.Hide(text)
	r.SetHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(id+":"+password)), true)
	return nil
}

// post puts id and secret into the body (RFC 6749 2.3.1), form or JSON.
type post struct {
	p *profile.Profile
	d Deps
}

func (a post) Authenticate(ctx context.Context, r *endpoint.Request) error {
	text, err := clientSecret(ctx, a.d, a.p)
	if err != nil {
		return err
	}
	r.Set("client_id", a.p.Client.ID)
	r.SetSecret("client_secret", text)
	return nil
}

// clientSecret resolves client.secret. One beyond RFC 6749 A.2 is used as it is.
func clientSecret(ctx context.Context, d Deps, p *profile.Profile) (secret.Text, error) {
	if p.Client.Secret.IsZero() {
		return secret.Text{}, fault.New(fault.Config, "client.auth %s needs client.secret", p.Client.Auth).
			Hint("set client.secret to keyring:client_secret in profile %s and run: authctl secret set client_secret -p %s", p.Name, p.Name)
	}
	text, err := d.Secrets.Resolve(ctx, p.Name, p.Client.Secret)
	if err == nil && d.Warn != nil && secret.BeyondASCII(text) {
		d.Warn("client.secret has characters beyond ASCII, which not every server reads alike (RFC 6749 A.2)")
	}
	return text, err
}
