//go:build e2e

package oidcprovider

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"authctl/internal/keys"
)

// Key makes the client's key. It returns the public half as the provider
// registers it, and writes the private one into folder as key.pem.
func Key(t testing.TB, folder string) json.RawMessage {
	t.Helper()
	key, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "key.pem"), pem, 0o600); err != nil {
		t.Fatal(err)
	}
	jwk, err := key.PublicJWK()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Profiles is a profiles file for the provider: `machine` gets tokens by client
// credentials, `person` logs in, and `apis` for two resources. The key is folder's key.pem.
func (p *Provider) Profiles(folder string) string {
	client := fmt.Sprintf(`    issuer: %s
    client: {id: %s, auth: private_key_jwt, key: "file:%s/key.pem"}
    assertion: {alg: ES256, typ: client-authentication+jwt, audience: issuer, lifetime: 30s}
    dpop: {enabled: true, alg: ES256}
    api: {scheme: DPoP, hosts: [api.example.org]}
`, p.Issuer, ClientID, filepath.ToSlash(folder))
	return `version: 1
profiles:
  machine:
` + client + `    grant: client_credentials
    scopes: [api]
  person:
` + client + `    grant: authorization_code
    scopes: [openid, offline_access, api]
    login:
      redirect_uri: http://127.0.0.1:0/callback
      pushed: require
      params: [{name: prompt, value: consent}]
  apis:
` + client + `    grant: authorization_code
    scopes: [openid, offline_access, api]
    resource: [https://api-one.example, https://api-two.example]
    login:
      redirect_uri: http://127.0.0.1:0/callback
      pushed: require
      params: [{name: prompt, value: consent}]
`
}
