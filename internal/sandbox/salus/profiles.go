package salus

import (
	"fmt"

	"authctl/internal/sandbox/core"
)

// Profiles are the page's confidential client, with its login, and a public one.
func (p *Provider) Profiles() ([]core.Profile, error) {
	secrets := map[string]string{"client_secret": p.clientSecret}
	return []core.Profile{
		{Name: name, Secrets: secrets, YAML: p.profile(confidential, "  auth: client_secret_basic\n  basic_encoding: raw\n  secret: keyring:client_secret\n")},
		{Name: name + "-public", YAML: p.profile(public, "  auth: none\n") + "grant: authorization_code\n"},
	}, nil
}

func (p *Provider) profile(client, auth string) string {
	return fmt.Sprintf(`preset: salus-guardian
token_url: %[1]s/token
authorize_url: %[1]s/authorize
revocation_url: %[1]s/revoke
discovery: never
client:
  id: %[2]s
%[3]slogin:
  redirect_uri: http://127.0.0.1:0/callback
  pushed: never
api:
  base_url: %[1]s
  hosts: ["%[4]s"]
`, p.issuer(), client, auth, p.core.Host())
}
