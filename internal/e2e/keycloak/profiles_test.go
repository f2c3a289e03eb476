//go:build e2e

package keycloak

// profilesTemplate is a profiles file with one or more profiles for each client of the table.
const profilesTemplate = `version: 1
profiles:
{{- define "person"}}    grant: authorization_code
    scopes: [openid]
    api: {hosts: ["{{.Host}}"]}{{end}}
{{- define "secret"}}auth: client_secret_basic, secret: "file:{{.Folder}}/secret"{{end}}
  basic:
    issuer: {{.Issuer}}
    client: {id: secret, {{template "secret" .}}}
  post:
    issuer: {{.Issuer}}
    client: {id: secret, auth: client_secret_post, secret: "file:{{.Folder}}/secret"}
  secret-jwt:
    issuer: {{.Issuer}}
    client: {id: secret-jwt, auth: client_secret_jwt, secret: "file:{{.Folder}}/secret"}
    assertion: {alg: HS256}
  rs256:
    issuer: {{.Issuer}}
    client: {id: rs256, auth: private_key_jwt, key: "file:{{.Folder}}/rs256.der"}
    assertion: {kid: rs256}
  ps256:
    issuer: {{.Issuer}}
    client: {id: ps256, auth: private_key_jwt, key: "file:{{.Folder}}/ps256.der"}
    assertion: {alg: PS256, kid: ps256}
  es256:
    issuer: {{.Issuer}}
    client: {id: es256, auth: private_key_jwt, key: "file:{{.Folder}}/es256.der"}
    assertion: {kid: es256}
  public:
    issuer: {{.Issuer}}
    client: {id: app, auth: none}
    login: {pushed: never}
{{template "person" .}}
  public-par:
    issuer: {{.Issuer}}
    client: {id: app, auth: none}
    login: {pushed: require}
{{template "person" .}}
  web:
    issuer: {{.Issuer}}
    client: {id: web, {{template "secret" .}}}
{{template "person" .}}
  web-exchange:
    issuer: {{.Issuer}}
    client: {id: web, {{template "secret" .}}}
    grant: token_exchange
    exchange: {subject_token: "file:-", subject_token_type: access_token}
  web-device:
    issuer: {{.Issuer}}
    client: {id: web-device, {{template "secret" .}}}
{{template "person" .}}
  device:
    issuer: {{.Issuer}}
    client: {id: device, auth: none}
{{template "person" .}}
  device-pkce:
    issuer: {{.Issuer}}
    client: {id: device-pkce, auth: none}
{{template "person" .}}
  dpop:
    issuer: {{.Issuer}}
    client: {id: dpop, {{template "secret" .}}}
    dpop: {enabled: true}
    api: {scheme: DPoP}
  dpop-login:
    issuer: {{.Issuer}}
    client: {id: dpop, {{template "secret" .}}}
    grant: authorization_code
    scopes: [openid]
    dpop: {enabled: true}
    api: {scheme: DPoP, hosts: ["{{.Host}}"]}
`
