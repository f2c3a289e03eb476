//go:build e2e

package oidcprovider

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/program"
)

// start is a provider and an authctl that is registered with it.
func start(t *testing.T, ttl time.Duration) (*Provider, *program.Authctl) {
	t.Helper()
	folder := t.TempDir()
	p := Start(t, Options{PublicJWK: Key(t, folder), AccessTokenTTL: ttl})
	return p, program.New(t, p.Profiles(folder))
}

// TestClientCredentialsWithDPoP: private_key_jwt, a DPoP proof, and the nonce
// that the server asks for before it answers.
func TestClientCredentialsWithDPoP(t *testing.T) {
	_, a := start(t, 0)
	r := a.Run(t, "", "token", "-p", "machine", "-o", "json", "-v")
	if r.Code != 0 {
		t.Fatalf("exit %d\n%s", r.Code, r.Stderr)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
	}
	if err := json.Unmarshal([]byte(r.Stdout), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.TokenType != "DPoP" || answer.AccessToken == "" {
		t.Errorf("token_type %q, %d bytes of token", answer.TokenType, len(answer.AccessToken))
	}
	if !strings.Contains(r.Stderr, "use_dpop_nonce") {
		t.Errorf("the server did not ask for a nonce: the test tests something else\n%s", r.Stderr)
	}
	if strings.Contains(r.Stderr, answer.AccessToken) {
		t.Error("-v shows the token")
	}
	if again := a.Must(t, "", "token", "-p", "machine"); again != answer.AccessToken {
		t.Error("the second token was not the kept one")
	}
}

func TestHeadersForOneRequest(t *testing.T) {
	_, a := start(t, 0)
	headers := a.Must(t, "", "token", "-p", "machine", "-o", "headers", "--for", "GET https://api.example.org/me")
	for _, want := range []string{"Authorization: DPoP ", "DPoP: "} {
		if !strings.Contains("\n"+headers, "\n"+want) {
			t.Errorf("no line %q in the headers", want)
		}
	}
}
