package salus

import (
	"fmt"

	"authctl/internal/sandbox/core"
)

// Profiles is the page's confidential client.
func (p *Provider) Profiles() ([]core.Profile, error) {
	secrets := map[string]string{"client_secret": p.clientSecret}
	return []core.Profile{{Name: name, Secrets: secrets, YAML: fmt.Sprintf(`preset: salus-guardian
issuer: %[1]s
token_url: %[2]s
discovery: never
client:
  id: %[3]s
  auth: client_secret_basic
  basic_encoding: raw
  secret: keyring:client_secret
api:
  base_url: %[1]s
  hosts: ["%[4]s"]
`, p.issuer(), p.tokenURL(), confidential, p.core.Host())}}, nil
}
