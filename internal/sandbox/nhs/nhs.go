// Package nhs imitates the OAuth server of NHS England's API platform
// (digital.nhs.uk, "Application-restricted RESTful APIs - signed JWT
// authentication", and the token exchange of user-restricted ones).
package nhs

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	name     = "nhs"
	apiKey   = "kV9sandboxAPIkey0000000000000001"
	kid      = "test-1"
	lifetime = 599 * time.Second
	exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	idToken  = "urn:ietf:params:oauth:token-type:id_token"
)

// Provider is the platform with one application, and the two logins it trusts.
type Provider struct {
	core   *core.Core
	key    *rsa.PrivateKey
	logins map[string]*core.Signer // by path
}

// New makes the application's key.
func New(c *core.Core) (*Provider, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return &Provider{core: c, key: key, logins: map[string]*core.Signer{"cis2": core.NewSigner("RS256"), "login": core.NewSigner("RS512")}}, err
}

// tokenURL is the audience, to the letter.
func (p *Provider) tokenURL() string { return p.core.URL + "/nhs/oauth2/token" }

// Routes mounts the token endpoint, the logins' id_tokens and the API.
func (p *Provider) Routes(mux *http.ServeMux) {
	mux.Handle("POST /nhs/oauth2/token", p.core.TokenEndpoint(name, p.token))
	mux.HandleFunc("GET /nhs/{login}/id_token", p.idToken)
	p.core.API(mux, "/nhs/api", p.core.BearerGuard(name, p.unauthorized))
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	grant := form.Get("grant_type")
	switch {
	case err != nil:
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", err.Error()})
		return
	case grant == "":
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", "grant_type is missing"})
		return
	case grant != "client_credentials" && grant != exchange:
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", "grant_type is invalid"})
		return
	}
	if refused := p.authenticate(form); refused != nil {
		p.refuse(w, r, *refused)
		return
	}
	if grant == "client_credentials" {
		p.core.Answer(w, name, p.grant(apiKey))
		return
	}
	subject, refused := p.subject(form)
	if refused != nil {
		p.refuse(w, r, *refused)
		return
	}
	body := p.grant(subject)
	body["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
	p.core.Answer(w, name, body)
}

// grant is an opaque token; expires_in and issued_at are strings, as Apigee has them.
func (p *Provider) grant(subject string) map[string]any {
	now, life := p.core.Now(), p.core.Lifetime(lifetime)
	token := p.core.Hex(14)
	p.core.Tokens.Put(token, core.Access{Provider: name, Client: apiKey, Subject: subject, Expires: now.Add(life)})
	return map[string]any{
		"access_token": token, "token_type": "Bearer",
		"expires_in": strconv.Itoa(int(life / time.Second)), "issued_at": strconv.FormatInt(now.UnixMilli(), 10),
	}
}

// idToken is what a person's login at CIS2 or NHS login would have given the application.
// ?expires_in=SECONDS; negative: expired.
func (p *Provider) idToken(w http.ResponseWriter, r *http.Request) {
	login, ok := p.logins[r.PathValue("login")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	life, err := strconv.Atoi(r.URL.Query().Get("expires_in"))
	if err != nil {
		life = 3600
	}
	now := p.core.Now().Unix()
	w.Header().Set("Content-Type", "application/jwt")
	_, _ = w.Write([]byte(login.Sign("JWT", map[string]any{
		"iss": p.core.URL + "/nhs/" + r.PathValue("login"), "aud": "sandbox-app", "sub": "910000000001", "iat": now, "exp": now + int64(life),
	})))
}

// unauthorized is Apigee's fault.
func (p *Provider) unauthorized(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="null",error="invalid_token"`)
	core.WriteJSON(w, http.StatusUnauthorized, map[string]any{"fault": map[string]any{
		"faultstring": "Invalid access token", "detail": map[string]any{"errorcode": "oauth.v2.InvalidAccessToken", "reason": err.Error()},
	}})
}

// Profiles is the application, with the key that it is registered with.
func (p *Provider) Profiles() ([]core.Profile, error) {
	key, err := p.core.WriteKey("nhs-key.pem", p.key)
	return []core.Profile{{Name: name, YAML: fmt.Sprintf(`token_url: %s
client: {id: %s, auth: private_key_jwt, key: %q}
assertion: {alg: RS512, kid: %s, audience: token_url, lifetime: 5m}
api:
  base_url: %s/nhs
  hosts: ["%s"]
`, p.tokenURL(), apiKey, "file:"+key, kid, p.core.URL, p.core.Host())}}, err
}
