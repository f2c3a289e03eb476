package klg

import (
	"fmt"
	"net/http"

	"authctl/internal/sandbox/core"
)

// guard is the gateway: a FHIR server, so a refusal is an OperationOutcome.
func (p *Provider) guard(w http.ResponseWriter, r *http.Request) (core.Access, bool) {
	token, ok := core.Bearer(r, "Bearer")
	if !ok {
		p.unauthorized(w, r, `Bearer realm="ehealth"`, "Missing bearer token")
		return core.Access{}, false
	}
	access, err := p.core.Tokens.Use(name, token, p.core.Now())
	if err != nil {
		p.unauthorized(w, r, fmt.Sprintf(`Bearer realm="ehealth", error="invalid_token", error_description=%q`, err), err.Error())
		return core.Access{}, false
	}
	return access, true
}

func (p *Provider) unauthorized(w http.ResponseWriter, r *http.Request, challenge, reason string) {
	p.core.Refused(r, reason)
	w.Header().Set("WWW-Authenticate", challenge)
	core.WriteJSON(w, http.StatusUnauthorized, map[string]any{
		"resourceType": "OperationOutcome",
		"issue":        []any{map[string]any{"severity": "error", "code": "login", "diagnostics": reason}},
	})
}

// Profiles are the client of the page and a public one for device login.
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
	return []core.Profile{
		{Name: name, YAML: fmt.Sprintf(`preset: kl-gateway
issuer: %[1]s
client:
  id: %[2]s
  key: %[3]q
  certificate: %[4]q
grant: client_credentials
exchange: {subject_token: "file:-", subject_token_type: saml2, subject_issuer: kombit-sts}
`, p.realm(), clientID, "file:"+key, "file:"+certificate) + api},
		{Name: name + "-device", YAML: fmt.Sprintf(`issuer: %s
client: {id: %s, auth: none}
grant: device_code
scopes: [openid, profile, email]
`, p.realm(), deviceClient) + api},
	}, nil
}
