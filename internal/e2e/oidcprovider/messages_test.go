//go:build e2e

package oidcprovider

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/chromium"
	"authctl/internal/e2e/person"
	"authctl/internal/e2e/program"
)

// messages is a provider whose client must sign its requests and, where it asks for
// that, gets signed answers; login is the profile's own login block.
func messages(t *testing.T, login string) *program.Authctl {
	t.Helper()
	folder := t.TempDir()
	p := launch(t, map[string]any{"accessTokenTTL": 300, "messages": true, "clients": []map[string]any{{
		"client_id": "signer", "application_type": "native", "redirect_uris": []string{LoginURI},
		"token_endpoint_auth_method": "private_key_jwt", "response_types": []string{"code"},
		"grant_types": []string{"authorization_code", "refresh_token", "client_credentials"}, "scope": "openid offline_access api",
		"id_token_signed_response_alg": "ES256", "authorization_signed_response_alg": "ES256",
		"authorization_details_types": []string{"account"}, "require_signed_request_object": true, "request_object_signing_alg": "ES256",
		"jwks": map[string]any{"keys": []json.RawMessage{Key(t, folder)}},
	}}})
	return program.New(t, fmt.Sprintf(`version: 1
default_profile: signer
profiles:
  signer:
    issuer: %s
    client: {id: signer, auth: private_key_jwt, key: "file:%s/key.pem"}
    grant: authorization_code
    scopes: [openid, offline_access, api]
    login:
      params: [{name: prompt, value: consent}]
%s
`, p.Issuer, filepath.ToSlash(folder), login))
}

// inBrowser logs in with Chromium; query is what its address held, and ended where
// the provider sent it back to.
func inBrowser(t *testing.T, a *program.Authctl, args ...string) (r program.Result, query, ended url.Values) {
	t.Helper()
	browser := chromium.Start(t)
	values := func(raw any) url.Values {
		u, err := url.Parse(fmt.Sprint(raw))
		if err != nil {
			t.Fatal(err)
		}
		return u.Query()
	}
	anna := person.Person{Browse: func(t *testing.T, address string) {
		query = values(address)
		page := browser.Open(t, address, false)
		page.Type("input[name=login]", "anna")
		page.Type("input[name=password]", "any")
		page.Click("button[type=submit]")
		page.Click("form[action*='/interaction/'] input[value=consent] ~ button[type=submit]")
		page.Wait("body.success")
		ended = values(page.Eval("location.href"))
	}}
	r = anna.Login(t, a, append([]string{"login-pkce", "--no-browser", "-v"}, args...)...)
	if r.Code != 0 || r.Stdout == "" {
		t.Fatalf("exit %d, %d bytes on stdout\n%s", r.Code, len(r.Stdout), r.Stderr)
	}
	return r, query, ended
}

// details are a profile's authorization details, and the JSON of them.
const (
	details     = `    resource: [https://api-one.example]` + "\n" + `    authorization_details: [{type: account, actions: [read]}]`
	detailsJSON = `[{"actions":["read"],"type":"account"}]`
)

// echoed is what -o json says that the provider granted.
func echoed(t *testing.T, stdout string) string {
	t.Helper()
	var answer struct{ Extra map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatal(err)
	}
	return string(answer.Extra["authorization_details"])
}

// TestRAROfALogin: authorization details inside of a signed request are granted, echoed and
// kept (RFC 9396 7).
func TestRAROfALogin(t *testing.T) {
	a := messages(t, "      request_object: {}\n"+details)
	r, _, _ := inBrowser(t, a, "-o", "json")
	if got := echoed(t, r.Stdout); got != detailsJSON {
		t.Errorf("granted %s", got)
	}
	for _, command := range []string{"token", "refresh"} {
		if got := echoed(t, a.Must(t, "", command, "-o", "json")); got != detailsJSON {
			t.Errorf("%s: %s", command, got)
		}
	}
}

// TestRAROfAMachine: the same by client credentials; a type that the provider does not know
// is refused in its own words.
func TestRAROfAMachine(t *testing.T) {
	a := messages(t, details)
	machine := []string{"-p", "signer", "--set", "grant=client_credentials", "--set", "scopes=[api]"}
	if got := echoed(t, a.Must(t, "", append([]string{"token", "-o", "json"}, machine...)...)); got != detailsJSON {
		t.Errorf("granted %s", got)
	}
	r := a.Run(t, "", append([]string{"token", "--set", "authorization_details=[{type: payment}]"}, machine...)...)
	if r.Code != 4 || !strings.Contains(r.Stderr, "invalid_authorization_details") {
		t.Errorf("exit %d, %s", r.Code, r.Stderr)
	}
}

// TestJARByValue: the provider takes the request object in the address (RFC 9101 5.1),
// and no other request from this client.
func TestJARByValue(t *testing.T) {
	a := messages(t, "      request_object: {}\n      pushed: never")
	_, query, _ := inBrowser(t, a)
	if len(query) != 2 || query.Get("client_id") != "signer" || strings.Count(query.Get("request"), ".") != 2 {
		t.Errorf("the browser carried %v", query)
	}
	plain := messages(t, "      pushed: require")
	r := plain.Run(t, "", "login-pkce", "--no-browser")
	if r.Code != 4 || !strings.Contains(r.Stderr, "Request Object must be used by this client") {
		t.Errorf("without one: exit %d, %s", r.Code, r.Stderr)
	}
}

// TestJARM: the provider's answer is one JWT, with and without a signed request around the
// wish for it; its refusal is one too.
func TestJARM(t *testing.T) {
	for _, login := range []string{
		"      request_object: {}\n      response_mode: jwt",
		"      request_object: {}\n      pushed: never\n      response_mode: query.jwt",
	} {
		a := messages(t, login)
		_, _, ended := inBrowser(t, a)
		if len(ended) != 1 || strings.Count(ended.Get("response"), ".") != 2 {
			t.Errorf("the browser came back with %v", ended)
		}
		r := person.Person{}.Login(t, a, "login-pkce", "--no-browser", "--prompt", "none")
		if r.Code != 8 || !strings.Contains(r.Stderr, "login_required") {
			t.Errorf("--prompt none: exit %d, %s", r.Code, r.Stderr)
		}
	}
}

// TestJARThroughPAR: the request object is pushed (RFC 9126 3).
func TestJARThroughPAR(t *testing.T) {
	a := messages(t, "      request_object: {alg: ES256, lifetime: 1m}\n      pushed: require")
	r, query, _ := inBrowser(t, a)
	if len(query) != 2 || query.Get("request_uri") == "" {
		t.Errorf("the browser carried %v", query)
	}
	if strings.Contains(r.Stderr, "eyJ") || !strings.Contains(r.Stderr, "/request") {
		t.Errorf("-v shows the request object, or nothing:\n%s", r.Stderr)
	}
}
