package entra

import (
	"fmt"

	"authctl/internal/sandbox/core"
)

// Profiles: the page's (secret), one with the application's certificate, one with a federated token.
func (p *Provider) Profiles() ([]core.Profile, error) {
	key, err := p.core.WriteKey("ardengem-key.pem", p.key)
	if err != nil {
		return nil, err
	}
	certificate, err := p.core.WriteFile("ardengem-cert.pem", core.CertificatePEM(p.certificate))
	if err != nil {
		return nil, err
	}
	workload, err := p.core.WriteFile("ardengem-workload.jwt", []byte(p.workloadToken()))
	if err != nil {
		return nil, err
	}
	secrets := map[string]string{"client_secret": p.clientSecret, "subscription_key": p.subscriptionKey}
	rest := fmt.Sprintf(`scopes: ["%s/.default"]
api:
  base_url: %s/ardengem
  hosts: ["%s"]
  headers: [{name: Ocp-Apim-Subscription-Key, secret: "keyring:subscription_key"}]
`, resource, p.core.URL, p.core.Host())
	head := "preset: ardengem-nhs\ntoken_url: " + p.tokenURL() + "\nclient:\n  id: \"" + clientID + "\"\n"
	return []core.Profile{
		{Name: name, Secrets: secrets, YAML: head + "  secret: keyring:client_secret\n" + rest},
		{
			Name: name + "-cert", Secrets: secrets, YAML: head + fmt.Sprintf(`  auth: private_key_jwt
  key: %q
  certificate: %q
assertion: {alg: PS256, typ: JWT, kid: "x5t#S256", audience: %q, lifetime: 60s}
`, "file:"+key, "file:"+certificate, p.tokenURL()[:len(p.tokenURL())-1]) + rest,
		},
		{Name: name + "-federated", Secrets: secrets, YAML: head + fmt.Sprintf("  auth: federated\n  assertion: %q\n", "file:"+workload) + rest},
	}, nil
}
