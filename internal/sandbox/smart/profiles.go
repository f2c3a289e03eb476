package smart

import (
	"fmt"
	"strings"

	"authctl/internal/sandbox/core"
)

// Profiles are the backend by each of its keys, and the app.
func (p *Provider) Profiles() ([]core.Profile, error) {
	api := fmt.Sprintf("api:\n  base_url: %s/smart\n  hosts: [%q]\n", p.core.URL, p.core.Host())
	var list []core.Profile
	for _, one := range []struct{ name, alg string }{{name, "ES384"}, {"smart-rs384", "RS384"}} {
		file, err := p.core.WriteKey("smart-"+strings.ToLower(one.alg)+".pem", p.keys[one.alg])
		if err != nil {
			return nil, err
		}
		list = append(list, core.Profile{Name: one.name, YAML: fmt.Sprintf(`preset: smart-backend
discovery_url: %s/.well-known/smart-configuration
client:
  id: %s
  key: %q
assertion:
  alg: %[4]s
  kid: %[4]s
`, p.base(), backend, "file:"+file, one.alg) + api})
	}
	return append(list, core.Profile{Name: "smart-login", YAML: fmt.Sprintf(`issuer: %[1]s
discovery_url: %[1]s/.well-known/smart-configuration
client:
  id: %[2]s
  auth: none
grant: authorization_code
scopes: [launch/patient, openid, fhirUser, offline_access, "patient/*.rs"]
login:
  params: [{name: aud, value: %[1]q}]
`, p.base(), app) + api}), nil
}
