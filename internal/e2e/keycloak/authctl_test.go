//go:build e2e

package keycloak

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

// profiles are ways to use the realm: as the preset has it, with the server's
// standard token exchange, and as a person at a public client.
func profiles(issuer, folder string) string {
	return fmt.Sprintf(`version: 1
profiles:
  gateway:
    preset: kl-gateway
    issuer: %[1]s
    client: {id: eoj, key: "file:%[2]s/key.pem", certificate: "file:%[2]s/crt.pem"}
    grant: client_credentials
  exchange:
    issuer: %[1]s
    client: {id: eoj, auth: private_key_jwt, key: "file:%[2]s/key.pem"}
    assertion: {alg: RS256, kid: spki-sha256, audience: issuer, lifetime: 10s}
    grant: token_exchange
    exchange: {subject_token: "file:-", subject_token_type: access_token}
  person:
    issuer: %[1]s
    client: {id: app, auth: none}
    grant: authorization_code
    scopes: [openid, email]
    login: {redirect_uri: "http://127.0.0.1:0/callback"}
  password:
    issuer: %[1]s
    client: {id: app, auth: none}
    grant: password
    scopes: [openid, email]
  apis:
    issuer: %[1]s
    client: {id: app, auth: none}
    grant: authorization_code
    scopes: [openid, phone, address]
    login: {redirect_uri: "http://127.0.0.1:0/callback"}
`, issuer, filepath.ToSlash(folder))
}

// client is authctl with the registered key.
func client(t *testing.T, g *gateway) *program.Authctl {
	t.Helper()
	return program.New(t, profiles(g.issuer(), g.folder))
}

func TestTokenIsKept(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	first := a.Must(t, "", "token", "-p", "gateway")
	if g.active(t, first) != "eoj" {
		t.Error("the server does not know the token as eoj's")
	}
	if a.Must(t, "", "token", "-p", "gateway") != first {
		t.Error("the second token was not the kept one")
	}
	if a.Must(t, "", "token", "-p", "gateway", "--force") == first {
		t.Error("--force did not ask the server")
	}
}

// TestKidIsTheServersOwn: what `kid` computes, from the key and from the
// certificate, is the id under which the server finds the certificate.
func TestKidIsTheServersOwn(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	want := g.server(t).kid
	for _, file := range []string{"key.pem", "crt.pem"} {
		if got := a.Must(t, "", "kid", filepath.Join(g.folder, file)); got != want {
			t.Errorf("kid %s = %s, want %s", file, got, want)
		}
	}
}

// TestAssertIsAccepted hands what `assert` prints to the server, which takes it once.
func TestAssertIsAccepted(t *testing.T) {
	g := needsReal(t)
	s := g.server(t)
	jws := client(t, g).Must(t, "", "assert", "-p", "gateway")
	s.mustGrant(t, s.clientCredentials(jws))
	if again := s.post(t, s.clientCredentials(jws)); again.Description != "Token reuse detected" {
		t.Errorf("the same assertion again: %v", again)
	}
}

func TestRefreshRotates(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	a.Must(t, "", "token", "-p", "gateway")
	old := a.Must(t, "", "token", "-p", "gateway", "--select", "refresh_token")
	next := a.Must(t, "", "refresh", "-p", "gateway")
	if g.active(t, next) != "eoj" {
		t.Error("the refreshed token is not good")
	}
	rotated := a.Must(t, "", "token", "-p", "gateway", "--select", "refresh_token")
	if rotated == old {
		t.Fatal("the refresh token was not replaced")
	}
	// The old one is spent: the server refuses it, authctl says so and how to go on.
	r := a.Run(t, old, "refresh", "-p", "gateway", "--refresh-token", "-")
	if r.Code == 0 || r.Stdout != "" || !strings.Contains(r.Stderr, "Maximum allowed refresh token reuse exceeded") {
		t.Errorf("a spent refresh token: exit %d, %d bytes on stdout\n%s", r.Code, len(r.Stdout), r.Stderr)
	}
}

func TestExchangeOfAnAccessToken(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	subject := g.login(t)
	token := a.Must(t, subject, "exchange", "-p", "exchange", "--subject-token", "-", "-o", "json")
	var answer struct {
		AccessToken     string `json:"access_token"`
		IssuedTokenType string `json:"issued_token_type"`
	}
	if err := json.Unmarshal([]byte(token), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.IssuedTokenType != "urn:ietf:params:oauth:token-type:access_token" {
		t.Errorf("issued_token_type %q", answer.IssuedTokenType)
	}
	if g.active(t, answer.AccessToken) != "eoj" {
		t.Error("the exchanged token is not eoj's")
	}
	r := a.Run(t, "nonsense", "exchange", "-p", "exchange", "--subject-token", "-", "--force")
	if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, "Invalid token") {
		t.Errorf("nonsense as subject token: exit %d\n%s", r.Code, r.Stderr)
	}
}

// active is the client (azp) of a token that the server calls active, "" for one it does not.
func (g *gateway) active(t *testing.T, token string) string {
	t.Helper()
	s := g.server(t)
	s.tokenURL += "/introspect"
	var seen struct {
		Active bool
		Azp    string
	}
	s.postInto(t, s.withAssertion(url.Values{"token": {token}}), &seen)
	if !seen.Active {
		return ""
	}
	return seen.Azp
}

// login is an access token of the realm's user, meant for client eoj too.
func (g *gateway) login(t *testing.T) string {
	t.Helper()
	s := g.server(t)
	return s.mustGrant(t, url.Values{
		"grant_type": {"password"}, "client_id": {"app"}, "scope": {"openid"},
		"username": {g.User}, "password": {g.Password},
	}).AccessToken
}
