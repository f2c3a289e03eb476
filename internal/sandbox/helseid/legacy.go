package helseid

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"time"

	"authctl/internal/sandbox/core"
)

const legacyScope = "nhn:cppa/access"

// Legacy is HelseID as the CPPA API's page describes it.
type Legacy struct {
	issuer

	clientID string
	key      *rsa.PrivateKey
	kid      string
}

// NewLegacy registers one client with an RSA key.
func NewLegacy(c *core.Core) (*Legacy, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return &Legacy{
		issuer: issuer{
			core: c, name: "helseid", base: "/helseid", oneUse: true,
			signer: core.NewSigner("RS256"),
		},
		clientID: c.UUID(), key: key, kid: c.Hex(16),
	}, err
}

// Routes mounts discovery, the token endpoint and the API.
func (p *Legacy) Routes(mux *http.ServeMux) {
	mux.Handle("POST /helseid/connect/token", p.core.TokenEndpoint(p.name, p.token))
	mux.Handle("GET /helseid/.well-known/openid-configuration/jwks", p.signer)
	mux.HandleFunc("GET /helseid/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		core.WriteJSON(w, http.StatusOK, map[string]any{
			"issuer": p.url(), "token_endpoint": p.tokenURL(), "jwks_uri": p.url() + "/.well-known/openid-configuration/jwks",
			"grant_types_supported":                            []string{"client_credentials"},
			"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
			"token_endpoint_auth_signing_alg_values_supported": []string{"RS512"},
			"response_types_supported":                         []string{},
			"subject_types_supported":                          []string{"public"},
			"id_token_signing_alg_values_supported":            []string{"RS256"},
		})
	})
	p.core.API(mux, "/helseid/api", p.guard)
}

// token takes what the page's C# sends and nothing else.
func (p *Legacy) token(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil {
		p.refuse(w, r, "invalid_request", err.Error())
		return
	}
	assertion, err := p.core.ReadAssertion(form)
	if err != nil || form.Get("client_assertion_type") != core.AssertionType {
		p.refuse(w, r, "invalid_client", "a client assertion is needed")
		return
	}
	if id := form.Get("client_id"); id != "" && id != p.clientID {
		p.refuse(w, r, "invalid_client", "client_id is not that of the assertion")
		return
	}
	problem := p.client(assertion, core.Strict{
		Client: p.clientID, Audience: p.tokenURL(), Typ: "JWT", Algs: []string{"RS512"},
		Key: p.key.Public(), Kid: p.kid, Max: time.Minute, Skew: 10 * time.Second,
	})
	switch {
	case problem != "":
		p.refuse(w, r, "invalid_client", problem)
	case form.Get("grant_type") != "client_credentials":
		p.refuse(w, r, "unsupported_grant_type", "grant_type must be client_credentials")
	case form.Get("scope") != legacyScope:
		p.refuse(w, r, "invalid_scope", "scope must be "+legacyScope)
	default:
		token, life := p.mint(p.clientID, "", legacyScope, "", "", organization(assertion))
		p.core.Answer(w, p.name, map[string]any{
			"access_token": token, "expires_in": int64(life / time.Second), "token_type": "Bearer", "scope": legacyScope,
		})
	}
}

// guard: one call for each token; ASP.NET answers 401 without a body.
func (p *Legacy) guard(w http.ResponseWriter, r *http.Request) (core.Access, bool) {
	token, ok := core.Bearer(r, "Bearer")
	if !ok {
		p.core.Refused(r, "no bearer token")
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
		return core.Access{}, false
	}
	access, err := p.core.Tokens.Use(p.name, token, p.core.Now())
	if err != nil {
		p.core.Refused(r, err.Error())
		w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer error=%q, error_description=%q", "invalid_token", err))
		w.WriteHeader(http.StatusUnauthorized)
		return core.Access{}, false
	}
	return access, true
}

// Profiles is the page's client, its key inside a Selvbetjening file.
func (p *Legacy) Profiles() ([]core.Profile, error) {
	file, err := p.selvbetjening("helseid-selvbetjening.json", p.clientID, p.key, p.kid, "RS512", []string{"client_credentials"}, []string{legacyScope})
	if err != nil {
		return nil, err
	}
	return []core.Profile{{Name: p.name, YAML: fmt.Sprintf(`preset: helseid-legacy
token_url: %[1]s
client:
  id: %[2]s
  key: %[3]q
api:
  base_url: %[4]s
  hosts: ["%[5]s"]
`, p.tokenURL(), p.clientID, "file:"+file+"#/privateJwk", p.url(), p.core.Host())}}, nil
}
