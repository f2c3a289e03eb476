package metadata

import (
	"testing"
	"time"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

// RFC 8705 5: who uses which alias. "m." is the host of the aliases.
func TestAliases(t *testing.T) {
	body := document(map[string]any{
		"pushed_authorization_request_endpoint": "https://as.example/par",
		"device_authorization_endpoint":         "https://as.example/device",
		"revocation_endpoint":                   "https://as.example/revoke",
		"mtls_endpoint_aliases": map[string]any{
			"token_endpoint":                        "https://m.as.example/token",
			"pushed_authorization_request_endpoint": "https://m.as.example/par",
			"device_authorization_endpoint":         "https://m.as.example/device",
			"revocation_endpoint":                   "https://m.as.example/revoke",
			"introspection_endpoint":                "https://m.as.example/introspect",
		},
	})
	type at struct{ token, par, device, revocation string }
	plain := at{"https://as.example/token", "https://as.example/par", "https://as.example/device", "https://as.example/revoke"}
	all := at{"https://m.as.example/token", "https://m.as.example/par", "https://m.as.example/device", "https://m.as.example/revoke"}
	bound := plain
	bound.token, bound.revocation = all.token, all.revocation
	for name, c := range map[string]struct {
		auth        string
		certificate bool
		tokenURL    string
		want        at
	}{
		"by certificate":             {"tls_client_auth", true, "", all},
		"by a self-signed one":       {"self_signed_tls_client_auth", true, "", all},
		"bound, by a signed JWT":     {"private_key_jwt", true, "", bound},
		"bound, a public client":     {"none", true, "", bound},
		"no certificate":             {"private_key_jwt", false, "", plain},
		"the profile's own URL wins": {"tls_client_auth", true, "https://own.example/token", at{"https://own.example/token", all.par, all.device, all.revocation}},
	} {
		p := found()
		p.Client.Auth, p.TokenURL, p.Discovery = c.auth, c.tokenURL, "always"
		if c.certificate {
			p.TLS.ClientCertificate = secret.Ref{Kind: secret.File, Path: "cert.pem"}
		}
		e, err := (&Source{HTTP: &documents{bodies: map[string]string{wellKnownURL: body}}}).Resolve(t.Context(), p)
		if got := (at{e.Token, e.PAR, e.Device, e.Revocation}); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		// What a client assertion names does not move with the way there.
		identity := plain.token
		if c.tokenURL != "" {
			identity = c.tokenURL
		}
		if e.TokenIdentity() != identity {
			t.Errorf("%s: an assertion would name %s", name, e.TokenIdentity())
		}
	}
}

// RFC 8705 5: a client that authenticates by TLS, and no other, uses every alias.
func TestEveryMethodUsesItsAliases(t *testing.T) {
	const alias = "https://m.as.example/par"
	body := document(map[string]any{
		"pushed_authorization_request_endpoint": "https://as.example/par",
		"mtls_endpoint_aliases":                 map[string]any{"pushed_authorization_request_endpoint": alias},
	})
	for _, m := range profile.AuthMethods() {
		p := found()
		p.Client.Auth, p.Discovery, p.TLS.ClientCertificate = m.Name, "always", secret.Ref{Kind: secret.File, Path: "cert.pem"}
		e, err := (&Source{HTTP: &documents{bodies: map[string]string{wellKnownURL: body}}}).Resolve(t.Context(), p)
		if err != nil || (e.PAR == alias) != m.MutualTLS() {
			t.Errorf("%s: %s, %v", m.Name, e.PAR, err)
		}
	}
}

// Members of another type than the standard's are as good as absent, unless
// they are needed.
func TestAnOddDocumentIsRead(t *testing.T) {
	for name, changes := range map[string]map[string]any{
		"aliases that are a text": {"mtls_endpoint_aliases": "none"},
		"an alias that is a list": {"mtls_endpoint_aliases": map[string]any{"token_endpoint": []string{"x"}}},
		"scopes as one text":      {"scopes_supported": "openid profile"},
		"a number for a URL":      {"end_session_endpoint": 5},
		"null":                    {"revocation_endpoint": nil, "grant_types_supported": nil},
		"a text for a boolean":    {"require_pushed_authorization_requests": "true"},
	} {
		p := found()
		p.Client.Auth, p.TLS.ClientCertificate = "tls_client_auth", secret.Ref{Kind: secret.File, Path: "cert.pem"}
		e, err := (&Source{HTTP: &documents{bodies: map[string]string{wellKnownURL: document(changes)}}}).Resolve(t.Context(), p, NeedToken)
		if err != nil || e.Token != "https://as.example/token" || e.RequirePAR != (name == "a text for a boolean") {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	d := &documents{bodies: map[string]string{wellKnownURL: document(map[string]any{"token_endpoint": 5})}}
	if e, err := (&Source{HTTP: d}).Resolve(t.Context(), found(), NeedToken); err == nil {
		t.Errorf("a number is no token endpoint: %+v", e)
	}
}

// A server on this machine may have its endpoints here without TLS.
func TestALoopbackIssuerMayNameLoopback(t *testing.T) {
	for _, issuer := range []string{"http://127.0.0.1:8080", "https://localhost:8443"} {
		p := profile.Default()
		p.Issuer = issuer
		body := document(map[string]any{"issuer": issuer, "token_endpoint": "http://127.0.0.1:8080/token"})
		d := &documents{bodies: map[string]string{issuer + "/.well-known/openid-configuration": body}}
		if _, err := (&Source{HTTP: d}).Resolve(t.Context(), &p, NeedToken); err != nil {
			t.Errorf("%s: %v", issuer, err)
		}
	}
}

// docs/threats.md 2: what a server said that one profile trusts is nothing to
// another, whatever the address.
func TestTheCacheDoesNotCrossTrust(t *testing.T) {
	dir := t.TempDir()
	one, other := Disk{Dir: dir, Trust: "one", Now: time.Now}, Disk{Dir: dir, Trust: "other", Now: time.Now}
	one.Save(wellKnownURL, []byte("of one"))
	if body, ok := other.Load(wellKnownURL); ok {
		t.Errorf("read %q", body)
	}
	other.Save(wellKnownURL, []byte("of the other"))
	if body, _ := one.Load(wellKnownURL); string(body) != "of one" {
		t.Errorf("read %q", body)
	}
}
