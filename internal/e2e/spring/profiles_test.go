//go:build e2e

package spring

import (
	"net/url"
	"strings"
	"testing"
	"text/template"
)

// profiles is a profiles file with one or more profiles for each registered client.
func profiles(t *testing.T, issuer string, c *clients) string {
	t.Helper()
	at, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	err = template.Must(template.New("profiles").Parse(profilesTemplate)).Execute(&text, map[string]any{
		"SMART": smart(), "Issuer": issuer, "Host": at.Host, "Folder": c.folder, "PKI": c.pki.Folder,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// smart are the clients of SMART Backend Services, by the algorithms that it wants.
func smart() map[string]string { return map[string]string{"rs384": "RS384", "es384": "ES384"} }

const profilesTemplate = `version: 1
profiles:
{{- define "person"}}    grant: authorization_code
    scopes: [openid, api]
{{end}}
  basic:
    issuer: {{.Issuer}}
    client: {id: basic, auth: client_secret_basic, secret: "file:{{.Folder}}/basic.secret"}
  post:
    issuer: {{.Issuer}}
    client: {id: post, auth: client_secret_post, secret: "file:{{.Folder}}/post.secret"}
  secret-jwt:
    issuer: {{.Issuer}}
    client: {id: secret-jwt, auth: client_secret_jwt, secret: "file:{{.Folder}}/secret-jwt.secret"}
    assertion: {alg: HS256}
  rs256:
    issuer: {{.Issuer}}
    client: {id: rs256, auth: private_key_jwt, key: "file:{{.Folder}}/rs256.der"}
  ps256:
    issuer: {{.Issuer}}
    client: {id: ps256, auth: private_key_jwt, key: "file:{{.Folder}}/ps256.der"}
    assertion: {alg: PS256}
  es256:
    issuer: {{.Issuer}}
    client: {id: es256, auth: private_key_jwt, key: "file:{{.Folder}}/es256.der"}
{{range $id, $alg := .SMART}}  {{$id}}:
    issuer: {{$.Issuer}}
    client: {id: {{$id}}, auth: private_key_jwt, key: "file:{{$.Folder}}/{{$id}}.der"}
    assertion: {alg: {{$alg}}, audience: token_url, lifetime: 5m}
  {{$id}}-elsewhere:
    issuer: {{$.Issuer}}
    client: {id: {{$id}}, auth: private_key_jwt, key: "file:{{$.Folder}}/{{$id}}.der"}
    assertion: {alg: {{$alg}}, audience: "https://elsewhere.example/token"}
{{end}}  tls:
    issuer: {{.Issuer}}
    client: {id: tls, auth: tls_client_auth}
    tls: {ca: "file:{{.PKI}}/ca.pem", client_certificate: "file:{{.PKI}}/tls.pem", client_key: "file:{{.PKI}}/tls.key"}
  self-signed:
    issuer: {{.Issuer}}
    client: {id: self-signed, auth: self_signed_tls_client_auth}
    tls: {ca: "file:{{.PKI}}/ca.pem", client_certificate: "file:{{.PKI}}/self-signed.pem", client_key: "file:{{.PKI}}/self-signed.key"}
  bound:
    issuer: {{.Issuer}}
    client: {id: bound, auth: tls_client_auth}
    tls: {ca: "file:{{.PKI}}/ca.pem", client_certificate: "file:{{.PKI}}/bound.pem", client_key: "file:{{.PKI}}/bound.key"}
  dpop:
    issuer: {{.Issuer}}
    client: {id: basic, auth: client_secret_basic, secret: "file:{{.Folder}}/basic.secret"}
    dpop: {enabled: true}
    api: {scheme: DPoP}
  actor:
    issuer: {{.Issuer}}
    client: {id: actor, auth: client_secret_basic, secret: "file:{{.Folder}}/actor.secret"}
  public:
    issuer: {{.Issuer}}
    client: {id: public, auth: none}
{{template "person"}}    api: {hosts: ["{{.Host}}"]}
  public-par:
    issuer: {{.Issuer}}
    client: {id: public, auth: none}
{{template "person"}}    login: {pushed: require}
  web:
    issuer: {{.Issuer}}
    client: {id: web, auth: client_secret_basic, secret: "file:{{.Folder}}/web.secret"}
{{template "person"}}    login: {pushed: require}
    api: {hosts: ["{{.Host}}"]}
  web-device:
    issuer: {{.Issuer}}
    client: {id: web, auth: client_secret_basic, secret: "file:{{.Folder}}/web.secret"}
    grant: authorization_code
    scopes: [api] # Spring refuses openid to devices
  web-dpop:
    issuer: {{.Issuer}}
    client: {id: web, auth: client_secret_basic, secret: "file:{{.Folder}}/web.secret"}
{{template "person"}}    dpop: {enabled: true}
    api: {scheme: DPoP, hosts: ["{{.Host}}"]}
  web-api:
    issuer: {{.Issuer}}
    client: {id: web, auth: client_secret_basic, secret: "file:{{.Folder}}/web.secret"}
    grant: authorization_code
    scopes: [api]
  exchange:
    issuer: {{.Issuer}}
    client: {id: web, auth: client_secret_basic, secret: "file:{{.Folder}}/web.secret"}
    grant: token_exchange
    exchange: {subject_token: "file:-", subject_token_type: access_token}
`
