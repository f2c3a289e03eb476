//go:build e2e

package cxf

import (
	"cmp"
	"strings"
	"testing"
	"text/template"

	"authctl/internal/e2e/program"
)

// asks is a profile that gets an assertion. What is left empty is right; Claim "none" is none.
type asks struct {
	Name, Endpoint           string
	AppliesTo, Client, Claim string
	More                     string // a line of the sts block

	Protocol string // of Endpoint
}

// authctl has these profiles.
func (s *server) authctl(t *testing.T, all []asks) *program.Authctl {
	t.Helper()
	for i, a := range all {
		a.Endpoint = cmp.Or(a.Endpoint, "asym")
		a.Protocol = endpoints()[a.Endpoint]
		a.AppliesTo, a.Claim, a.Client = cmp.Or(a.AppliesTo, appliesTo), cmp.Or(a.Claim, claimName), cmp.Or(a.Client, s.pki.File("client"))
		all[i] = a
	}
	var text strings.Builder
	err := template.Must(template.New("profiles").Parse(profilesTemplate)).Execute(&text, map[string]any{
		"All": all, "Base": s.base, "PKI": s.pki.Folder, "Municipality": municipality,
	})
	if err != nil {
		t.Fatal(err)
	}
	return program.New(t, text.String())
}

const profilesTemplate = `version: 1
profiles:
{{range .All}}  {{.Name}}:
    issuer: https://as.example
    client: {id: app, auth: private_key_jwt, key: "file:{{.Client}}.key", certificate: "file:{{.Client}}.pem"}
    grant: token_exchange
    exchange: {subject_token: "file:-", subject_token_type: saml2}
    tls: {ca: "file:{{$.PKI}}/ca.pem"}
    sts:
      url: {{$.Base}}{{.Endpoint}}
      protocol: {{.Protocol}}
      applies_to: {{.AppliesTo}}
      {{.More}}
      signing_certificates: ["file:{{$.PKI}}/sts.pem"]
{{if ne .Claim "none"}}      claims: [{name: "{{.Claim}}", value: "{{$.Municipality}}"}]
{{end}}{{end}}`
