package profile

import (
	"fmt"

	"authctl/internal/secret"
)

// RefAt is a secret reference and the YAML path where it stands.
type RefAt struct {
	Path string
	Ref  secret.Ref
}

// IsKey is true for a private key, which has many lines and mostly a file of its own.
func (r RefAt) IsKey() bool {
	return r.Path == "client.key" || r.Path == "grant_assertion.key" || r.Path == "tls.client_key" || r.Path == "dpop.key" || r.Path == "sts.key"
}

// SecretVariables are the environment variables that the profile reads secrets
// from: no child has a use for them that does not name them.
func (p *Profile) SecretVariables() []string {
	var names []string
	for _, r := range p.Refs() {
		if r.Ref.Kind == secret.Env {
			names = append(names, r.Ref.Name)
		}
		if r.Ref.Kind == secret.GitHubActions {
			names = append(names, secret.GitHubToken)
		}
	}
	return names
}

// Refs are all secret references of the profile, in the order of docs/profiles.md.
func (p *Profile) Refs() []RefAt {
	var grant GrantAssertion
	if p.GrantAssertion != nil {
		grant = *p.GrantAssertion
	}
	all := []RefAt{
		{"client.secret", p.Client.Secret},
		{"client.key", p.Client.Key},
		{"client.key_passphrase", p.Client.KeyPassphrase},
		{"client.certificate", p.Client.Certificate},
		{"client.assertion", p.Client.Assertion},
		{"grant_assertion.key", grant.Key},
		{"exchange.subject_token", p.Exchange.SubjectToken},
		{"exchange.actor_token", p.Exchange.ActorToken},
		{"sts.key", p.STS.Key},
		{"sts.key_passphrase", p.STS.KeyPassphrase},
		{"sts.certificate", p.STS.Certificate},
		{"dpop.key", p.DPoP.Key},
		{"tls.ca", p.TLS.CA},
		{"tls.client_certificate", p.TLS.ClientCertificate},
		{"tls.client_key", p.TLS.ClientKey},
		{"tls.client_key_passphrase", p.TLS.ClientKeyPassphrase},
	}
	for i, ref := range p.STS.SigningCertificates {
		all = append(all, RefAt{index("sts.signing_certificates", i), ref})
	}
	for _, list := range []struct {
		path   string
		fields []Field
	}{
		{"assertion.claims", p.Assertion.Claims},
		{"assertion.headers", p.Assertion.Headers},
		{"grant_assertion.claims", grant.Claims},
		{"grant_assertion.headers", grant.Headers},
		{"login.params", p.Login.Params},
		{"request.params", p.Request.Params},
		{"request.headers", p.Request.Headers},
		{"api.headers", p.API.Headers},
	} {
		for i, f := range list.fields {
			at := fmt.Sprintf("%s[%d]", list.path, i)
			if f.Secret != nil {
				all = append(all, RefAt{at + ".secret", *f.Secret})
			}
			if f.Basic != nil {
				all = append(all, RefAt{at + ".basic.password", f.Basic.Password})
			}
		}
	}
	set := all[:0]
	for _, r := range all {
		if !r.Ref.IsZero() {
			set = append(set, r)
		}
	}
	return set
}
