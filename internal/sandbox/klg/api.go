package klg

import (
	"errors"
	"fmt"
	"net/http"

	"authctl/internal/sandbox/core"
)

// unauthorized is the gateway's refusal, a FHIR server's.
func (p *Provider) unauthorized(w http.ResponseWriter, _ *http.Request, err error) {
	challenge := `Bearer realm="ehealth"`
	if !errors.Is(err, core.ErrNoBearer) {
		challenge += fmt.Sprintf(`, error="invalid_token", error_description=%q`, err)
	}
	core.LoginOutcome(w, challenge, err.Error())
}

// Profiles are the client of the page, the same as a service without a person's or
// municipality's assertion, and a public one for device login.
func (p *Provider) Profiles() ([]core.Profile, error) {
	key, err := p.core.WriteKey("klg-key.pem", p.key)
	if err != nil {
		return nil, err
	}
	certificate, err := p.core.WriteFile("klg-cert.pem", core.CertificatePEM(p.certificate))
	if err != nil {
		return nil, err
	}
	api := fmt.Sprintf("api:\n  base_url: %s/klg\n  hosts: [%q]\n", p.core.URL, p.core.Host())
	client := fmt.Sprintf("preset: kl-gateway\nissuer: %s\nclient:\n  id: %s\n  key: %q\n  certificate: %q\n", p.realm(), clientID, "file:"+key, "file:"+certificate)
	sts := fmt.Sprintf("sts:\n  url: %s\n  claims: [{name: %q, value: %q}]\n", p.core.URL+stsPath, cvrClaim, cvr)
	return []core.Profile{
		{Name: name, YAML: client + sts + api},
		{Name: name + "-service", YAML: client + "grant: client_credentials\n" + api},
		{Name: name + "-device", YAML: fmt.Sprintf(`issuer: %s
client: {id: %s, auth: none}
grant: device_code
scopes: [openid, profile, email]
`, p.realm(), deviceClient) + api},
	}, nil
}
