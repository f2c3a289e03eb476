//go:build e2e

package oidcprovider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"authctl/internal/e2e/process"
)

// Options are what a test chooses.
type Options struct {
	// PublicJWK is the client's registered key.
	PublicJWK json.RawMessage
	// AccessTokenTTL is how long access tokens are good for; 0 means 5 minutes.
	AccessTokenTTL time.Duration
}

// The clients that every provider has.
const (
	ClientID = "authctl" // private_key_jwt, DPoP-bound, PAR; every grant
	LoginURI = "http://127.0.0.1/callback"
)

// Provider is one that runs until the test ends.
type Provider struct {
	Issuer string // also the prefix of every endpoint
}

// Start runs a provider for the test, or skips it where Node or its packages
// cannot be had.
func Start(t testing.TB, o Options) *Provider {
	t.Helper()
	return launch(t, o.settings())
}

// launch runs server.mjs with these settings and a port.
func launch(t testing.TB, with map[string]any) *Provider {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no oidc-provider: %s is not on this machine", program)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	folder, err := install(ctx)
	if err != nil {
		t.Skipf("no oidc-provider: %v", err)
	}
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	with["port"] = port
	settings, err := json.Marshal(with)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "server.mjs")
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(settings)
	p, err := process.Start(cmd, filepath.Join(t.TempDir(), "oidc-provider.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	issuer := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := p.Ready(ctx, issuer+"/.well-known/openid-configuration"); err != nil {
		t.Fatal(err)
	}
	return &Provider{Issuer: issuer}
}

func (o Options) settings() map[string]any {
	if o.AccessTokenTTL == 0 {
		o.AccessTokenTTL = 5 * time.Minute
	}
	return map[string]any{
		"accessTokenTTL": int(o.AccessTokenTTL.Seconds()),
		"clients": []map[string]any{{
			"client_id":                  ClientID,
			"application_type":           "native",
			"redirect_uris":              []string{LoginURI},
			"post_logout_redirect_uris":  []string{LoginURI},
			"token_endpoint_auth_method": "private_key_jwt",
			"grant_types": []string{
				"authorization_code", "refresh_token", "client_credentials",
				"urn:ietf:params:oauth:grant-type:device_code",
			},
			"response_types":                        []string{"code"},
			"scope":                                 "openid offline_access api",
			"dpop_bound_access_tokens":              true,
			"require_pushed_authorization_requests": true,
			"id_token_signed_response_alg":          "ES256",
			"authorization_signed_response_alg":     "ES256",
			"jwks":                                  map[string]any{"keys": []json.RawMessage{o.PublicJWK}},
		}},
	}
}
