// Package maskinporten imitates Maskinporten of Digdir, Norway
// (docs.digdir.no, "JWT grant" and "/token endpoint"): a grant that the client
// signs (RFC 7523 2.1), and no client authentication beside it.
package maskinporten

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	name         = "maskinporten"
	clientID     = "7b1b2b0e-6a0c-4f0e-9a57-3f1f6f2d9c11"
	kid          = "this-year"
	oldKid       = "last-year" // a key lives a year from its registration
	organization = "314159265"
	customer     = "910753614" // has delegated its access to organization
	jwtBearer    = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	lifetime     = 599 * time.Second
)

func scopes() []string { return []string{"sandbox:read", "sandbox:write"} }

// Provider is one Maskinporten with one client, known by a key and by an enterprise certificate.
type Provider struct {
	core        *core.Core
	signer      *core.Signer
	key         *rsa.PrivateKey
	certificate *x509.Certificate
	keyUntil    map[string]time.Time // by kid: when the registered key ends
}

// New makes the client's key and certificate.
func New(c *core.Core) (*Provider, error) {
	p := &Provider{core: c, signer: core.NewSigner("RS256"), keyUntil: map[string]time.Time{
		kid: c.Now().AddDate(1, 0, 0), oldKid: c.Now().AddDate(0, 0, -1),
	}}
	var err error
	p.key, p.certificate, err = core.NewCertificate("authctl sandbox enterprise", c.Now())
	return p, err
}

// issuer ends in a slash, as the real one does, and aud must too.
func (p *Provider) issuer() string { return p.core.URL + "/maskinporten/" }

// Routes mounts the metadata (RFC 8414), the token endpoint, the key set and the API.
func (p *Provider) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/oauth-authorization-server/maskinporten", p.metadata)
	mux.Handle("POST /maskinporten/token", p.core.TokenEndpoint(name, p.token))
	mux.Handle("GET /maskinporten/jwk", p.signer)
	p.core.API(mux, "/maskinporten/api", p.core.BearerGuard(name, p.unauthorized))
}

func (p *Provider) metadata(w http.ResponseWriter, _ *http.Request) {
	core.WriteJSON(w, http.StatusOK, map[string]any{
		"issuer": p.issuer(), "token_endpoint": p.issuer() + "token", "jwks_uri": p.issuer() + "jwk",
		"grant_types_supported":                            []string{jwtBearer},
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": algs(),
		"authorization_details_types_supported":            []string{systemUser},
	})
}

// token takes a form of exactly two parameters.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	switch {
	case err != nil:
		p.refuse(w, r, invalidRequest("", "Invalid request"), err.Error())
		return
	case form.Get("grant_type") != jwtBearer:
		p.refuse(w, r, refusal{http.StatusBadRequest, "unsupported_grant_type", "", "Unsupported grant_type"}, "grant_type must be "+jwtBearer)
		return
	case len(form) != 2 || form.Get("assertion") == "" || r.Header.Get("Authorization") != "":
		// No client_id, no scope, no client authentication: the grant tells who asks.
		p.refuse(w, r, invalidRequest("", "Invalid request"), "the form must be grant_type and assertion, and nothing else")
		return
	}
	a, err := p.core.Assertion(form.Get("assertion"))
	if err != nil {
		p.refuse(w, r, invalidValue(), err.Error())
		return
	}
	for _, rule := range append(p.authentication(), p.authorization()...) {
		if rule.broken(a) {
			p.refuse(w, r, rule.refusal, rule.why)
			return
		}
	}
	if !p.core.Replay.First("maskinporten jti", once(a, form), a.Now, a.Until(time.Minute)) {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_grant", "MP-012", "Grant is used before"}, "the grant was used before")
		return
	}
	p.grant(w, a)
}

// once is what makes a grant single-use: its jti or, where it has none, all of it.
func once(a *core.Assertion, form url.Values) string {
	if jti := a.Text("jti"); jti != "" {
		return jti
	}
	return form.Get("assertion")
}

// grant answers with a self-contained token of the shape of the page.
func (p *Provider) grant(w http.ResponseWriter, a *core.Assertion) {
	now, life := p.core.Now(), p.core.Lifetime(lifetime)
	amr := "private_key_jwt"
	if a.Header["x5c"] != nil {
		amr = "virksomhetssertifikat"
	}
	claims := map[string]any{
		"iss": p.issuer(), "client_id": clientID, "client_amr": amr, "scope": a.Text("scope"), "token_type": "Bearer",
		"iat": now.Unix(), "exp": now.Add(life).Unix(), "jti": p.core.UUID(), "consumer": identified(organization),
	}
	if of := a.Text("consumer_org"); of != "" {
		claims["consumer"], claims["supplier"] = identified(of), identified(organization)
	}
	body := map[string]any{"token_type": "Bearer", "expires_in": int64(life / time.Second), "scope": a.Text("scope")}
	for claim, value := range map[string]any{"aud": a.Claims["resource"], "authorization_details": a.Claims["authorization_details"]} {
		if value != nil {
			claims[claim] = value
		}
	}
	if details := a.Claims["authorization_details"]; details != nil {
		body["authorization_details"] = details // RFC 9396 7
	}
	token := p.signer.Sign("JWT", claims)
	p.core.Tokens.Put(token, core.Access{
		Provider: name, Client: clientID, Subject: a.Text("consumer_org"), Scope: a.Text("scope"), Expires: now.Add(life), Claims: claims,
	})
	body["access_token"] = token
	p.core.Answer(w, name, body)
}

// identified is an organisation in a token: ISO 6523, where 0192 is the Norwegian register.
func identified(number string) map[string]any {
	return map[string]any{"authority": "iso6523-actorid-upis", "ID": "0192:" + number}
}

func (p *Provider) unauthorized(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer error="invalid_token", error_description=%q`, err))
	core.OAuthError(w, http.StatusUnauthorized, "invalid_token", err.Error())
}

// Profiles is the client by its key; its certificate is written beside it.
func (p *Provider) Profiles() ([]core.Profile, error) {
	key, err := p.core.WriteKey("maskinporten-key.pem", p.key)
	if err != nil {
		return nil, err
	}
	_, err = p.core.WriteFile("maskinporten-cert.pem", core.CertificatePEM(p.certificate))
	return []core.Profile{{Name: name, YAML: fmt.Sprintf(`preset: maskinporten
issuer: %[1]s
token_url: %[1]stoken
grant_assertion:
  key: %[2]q
  kid: %[3]s
  issuer: %[4]s
  claims: [{name: consumer_org, value: "%[5]s"}]
scopes: ["sandbox:read"]
api:
  base_url: %[6]s/maskinporten
  hosts: ["%[7]s"]
`, p.issuer(), "file:"+key, kid, clientID, customer, p.core.URL, p.core.Host())}}, err
}
