//go:build e2e

package oidcprovider

// profilesTemplate is a profiles file with one or more profiles for each client of the table.
const profilesTemplate = `version: 1
profiles:
{{- define "person"}}    grant: authorization_code
    scopes: [openid, offline_access]
    api: {hosts: ["{{.Host}}"]}{{end}}
{{- define "consent"}}params: [{name: prompt, value: consent}]{{end}}
{{- define "secret"}}auth: client_secret_basic, secret: "file:{{.Folder}}/secret"{{end}}
  basic:
    issuer: {{.Issuer}}
    client: {id: basic, {{template "secret" .}}}
  post:
    issuer: {{.Issuer}}
    client: {id: post, auth: client_secret_post, secret: "file:{{.Folder}}/secret"}
  secret-jwt:
    issuer: {{.Issuer}}
    client: {id: secret-jwt, auth: client_secret_jwt, secret: "file:{{.Folder}}/secret"}
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
  tls:
    issuer: {{.Issuer}}
    client: {id: tls, auth: tls_client_auth}
    tls: {ca: "file:{{.PKI}}/ca.pem", client_certificate: "file:{{.PKI}}/tls.pem", client_key: "file:{{.PKI}}/tls.key"}
  self-signed:
    issuer: {{.Issuer}}
    client: {id: self-signed, auth: self_signed_tls_client_auth}
    tls: {ca: "file:{{.PKI}}/ca.pem", client_certificate: "file:{{.PKI}}/self-signed.pem", client_key: "file:{{.PKI}}/self-signed.key"}
  bound:
    issuer: {{.Issuer}}
    client: {id: bound, {{template "secret" .}}}
    tls: {ca: "file:{{.PKI}}/ca.pem", client_certificate: "file:{{.PKI}}/bound.pem", client_key: "file:{{.PKI}}/bound.key"}
  public:
    issuer: {{.Issuer}}
    client: {id: public, auth: none}
    login: {pushed: never, {{template "consent"}}}
{{template "person" .}}
  public-par:
    issuer: {{.Issuer}}
    client: {id: public, auth: none}
    login: {pushed: require, {{template "consent"}}}
{{template "person" .}}
  web:
    issuer: {{.Issuer}}
    client: {id: web, {{template "secret" .}}}
    login: {pushed: require, {{template "consent"}}}
{{template "person" .}}
  web-dpop:
    issuer: {{.Issuer}}
    client: {id: web, {{template "secret" .}}}
    grant: authorization_code
    scopes: [openid, offline_access]
    login: {pushed: require, {{template "consent"}}}
    dpop: {enabled: true}
    api: {scheme: DPoP, hosts: ["{{.Host}}"]}
  dpop:
    issuer: {{.Issuer}}
    client: {id: basic, {{template "secret" .}}}
    dpop: {enabled: true}
    api: {scheme: DPoP}
  exchange:
    issuer: {{.Issuer}}
    client: {id: basic, {{template "secret" .}}}
    grant: token_exchange
    exchange: {subject_token: "file:{{.Folder}}/secret", subject_token_type: access_token}
  exchange-actor:
    issuer: {{.Issuer}}
    client: {id: basic, {{template "secret" .}}}
    grant: token_exchange
    exchange:
      subject_token: "file:{{.Folder}}/secret"
      subject_token_type: access_token
      actor_token: "file:{{.Folder}}/secret"
      actor_token_type: access_token
`
