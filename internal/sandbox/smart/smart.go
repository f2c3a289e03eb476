// Package smart imitates a FHIR server under HL7's SMART App Launch 2.2:
// Backend Services (client_credentials), and a login with launch context.
package smart

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	name     = "smart"
	backend  = "smart-backend"
	app      = "smart-app"
	lifetime = 5 * time.Minute // Backend Services: no more
)

func systemScopes() []string { return []string{"system/*.rs", "system/Patient.rs"} }

func appScopes() []string {
	return []string{"openid", "fhirUser", "launch/patient", "launch/encounter", "offline_access", "patient/*.rs", "patient/Observation.rs"}
}

// Provider is one server with a backend client and a public app.
type Provider struct {
	core   *core.Core
	signer *core.Signer
	keys   map[string]crypto.Signer // of the backend, by alg, which is its kid too
	codes  *core.Codes
	pages  *core.LoginPages
}

// New makes the backend's two keys.
func New(c *core.Core) (*Provider, error) {
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return &Provider{
		core: c, signer: core.NewSigner("RS256"), codes: core.NewCodes(), keys: map[string]crypto.Signer{"ES384": ec, "RS384": key},
	}, err
}

func (p *Provider) base() string     { return p.core.URL + "/smart/fhir" }
func (p *Provider) tokenURL() string { return p.core.URL + "/smart/auth/token" }

// jku is where the backend has registered its key set.
func (p *Provider) jku() string { return p.core.URL + "/smart/backend/jwks.json" }

// Routes mounts the configuration, the endpoints, the login page and the API.
func (p *Provider) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /smart/fhir/.well-known/smart-configuration", p.configuration)
	mux.Handle("POST /smart/auth/token", p.core.TokenEndpoint(name, p.token))
	mux.Handle("GET /smart/auth/jwks", p.signer)
	p.pages = p.core.NewLoginPages(mux, "SMART", "/smart/auth/decision", p.codes)
	mux.HandleFunc("GET /smart/auth/authorize", p.authorize)
	p.core.API(mux, "/smart/api", p.core.BearerGuard(name, p.unauthorized))
}

// configuration names no issuer: only sso-openid-connect would need one.
func (p *Provider) configuration(w http.ResponseWriter, _ *http.Request) {
	core.WriteJSON(w, http.StatusOK, map[string]any{
		"token_endpoint": p.tokenURL(), "authorization_endpoint": p.core.URL + "/smart/auth/authorize", "jwks_uri": p.core.URL + "/smart/auth/jwks",
		"grant_types_supported":                            []string{"client_credentials", "authorization_code"},
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"RS384", "ES384"},
		"scopes_supported":                                 append(systemScopes(), appScopes()...),
		"response_types_supported":                         []string{"code"},
		"code_challenge_methods_supported":                 []string{"S256"},
		"capabilities": []string{
			"launch-standalone", "client-public", "client-confidential-asymmetric", "context-standalone-patient",
			"context-standalone-encounter", "permission-offline", "permission-patient", "permission-v2",
		},
	})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil {
		p.refuse(w, r, "invalid_request", err.Error())
		return
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		p.clientCredentials(w, r, form)
	case "authorization_code", "refresh_token":
		p.person(w, r, form)
	default:
		p.refuse(w, r, "unsupported_grant_type", "grant_type must be client_credentials, authorization_code or refresh_token")
	}
}

func (p *Provider) clientCredentials(w http.ResponseWriter, r *http.Request, form url.Values) {
	if problem := p.authenticate(form); problem != "" {
		p.refuse(w, r, "invalid_client", problem)
		return
	}
	scope := granted(form.Get("scope"), systemScopes())
	if scope == "" {
		p.refuse(w, r, "invalid_scope", "none of the scopes can be granted: system/*.rs")
		return
	}
	p.core.Answer(w, name, p.access(&core.Session{Client: backend, Subject: backend, Scope: scope}))
}

// authenticate is "Authenticating to the Token Endpoint" of Backend Services.
func (p *Provider) authenticate(form url.Values) string {
	a, err := p.core.ReadAssertion(form)
	if err != nil || form.Get("client_assertion_type") != core.AssertionType {
		return "a client assertion is needed"
	}
	key, ok := p.keys[a.Kid()]
	if !ok {
		return "kid is not that of a registered key"
	}
	if jku, given := a.Header["jku"]; given && jku != p.jku() {
		return "jku is not the registered one"
	}
	problem := a.Check(core.Strict{
		Client: backend, Audience: p.tokenURL(), Typ: "JWT", Algs: []string{a.Kid()}, Key: key.Public(), Kid: a.Kid(), Max: lifetime,
	})
	if problem == "" && !p.core.Replay.First("smart jti", a.Text("jti"), a.Now, a.Until(0)) {
		problem = "jti was used before"
	}
	return problem
}

// granted is what there is of the scopes asked for: a server may grant fewer (RFC 6749 3.3).
func granted(asked string, offered []string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(asked), func(s string) bool { return !slices.Contains(offered, s) }), " ")
}

// access is a token response; scope is what was granted.
func (p *Provider) access(s *core.Session) map[string]any {
	now, life := p.core.Now(), p.core.Lifetime(lifetime)
	token := p.core.Hex(24)
	p.core.Tokens.Put(token, core.Access{Provider: name, Client: s.Client, Subject: s.Subject, Scope: s.Scope, Expires: now.Add(life), Session: s.ID})
	return map[string]any{"access_token": token, "token_type": "bearer", "expires_in": int64(life / time.Second), "scope": s.Scope}
}

func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, code, reason string) {
	p.core.Refused(r, reason)
	core.OAuthError(w, http.StatusBadRequest, code, reason)
}

func (p *Provider) unauthorized(w http.ResponseWriter, _ *http.Request, err error) {
	challenge := "Bearer"
	if !errors.Is(err, core.ErrNoBearer) {
		challenge = fmt.Sprintf(`Bearer error="invalid_token", error_description=%q`, err)
	}
	core.LoginOutcome(w, challenge, err.Error())
}
