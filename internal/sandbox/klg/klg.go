// Package klg imitates the KL Gateway's authorization server: Keycloak with a
// realm `ehealth`, signed-JWT client authentication and SAML token exchange
// ("SAML Assertion to JWT Exchange"). Checks, their order, statuses and texts
// are those of Keycloak 26.
package klg

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	name     = "klg"
	clientID = "eoj"
	lifetime = 5 * time.Minute
	idle     = 30 * time.Minute
	maxLife  = 10 * time.Hour
	scope    = "profile email"
)

// Provider is one realm with one client.
type Provider struct {
	core        *core.Core
	key         *rsa.PrivateKey
	certificate *x509.Certificate
	kid         string
	serviceUser string // the subject of the client's own tokens
	signer      *core.Signer
	refreshKey  []byte
	sts         *sts
	person      string // the subject of a person's tokens
	devices     *core.Devices
	devicePages *core.DevicePages
}

// New registers the client's certificate.
func New(c *core.Core) (*Provider, error) {
	p := &Provider{
		core: c, signer: core.NewSigner("RS256"), refreshKey: c.Bytes(64), serviceUser: c.UUID(), sts: newSTS(c),
		person: c.UUID(), devices: core.NewDevices(deviceInterval),
	}
	var err error
	if p.key, p.certificate, err = core.NewCertificate("authctl-sandbox-anvendersystem", c.Now()); err != nil {
		return nil, err
	}
	// The page's "Key ID": base64url(SHA-256(SubjectPublicKeyInfo)).
	sum := sha256.Sum256(p.certificate.RawSubjectPublicKeyInfo)
	p.kid = base64.RawURLEncoding.EncodeToString(sum[:])
	return p, nil
}

func (p *Provider) realm() string    { return p.core.URL + "/klg/auth/realms/ehealth" }
func (p *Provider) tokenURL() string { return p.realm() + "/protocol/openid-connect/token" }

// Routes mounts the realm and the gateway's API.
func (p *Provider) Routes(mux *http.ServeMux) {
	const realm = "/klg/auth/realms/ehealth"
	mux.HandleFunc("GET "+realm+"/.well-known/openid-configuration", p.discovery)
	mux.Handle("GET "+realm+"/protocol/openid-connect/certs", p.signer)
	mux.Handle("POST "+realm+"/protocol/openid-connect/token", p.core.TokenEndpoint(name, p.token))
	mux.HandleFunc("POST "+realm+"/protocol/openid-connect/revoke", p.revoke)
	p.deviceRoutes(mux, realm)
	mux.HandleFunc("GET /klg/sts/assertion", p.assertion)
	mux.HandleFunc("GET /klg/sts/certificate", p.stsCertificate)
	mux.HandleFunc("POST "+stsPath, p.issue)
	p.core.API(mux, "/klg/api", p.core.BearerGuard(name, p.unauthorized))
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	core.WriteJSON(w, http.StatusOK, map[string]any{
		"issuer": p.realm(), "token_endpoint": p.tokenURL(), "jwks_uri": p.realm() + "/protocol/openid-connect/certs",
		"device_authorization_endpoint":                    p.realm() + "/protocol/openid-connect/auth/device",
		"revocation_endpoint":                              p.realm() + "/protocol/openid-connect/revoke",
		"grant_types_supported":                            []string{"client_credentials", "refresh_token", exchangeGrant, deviceGrant},
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt", "none"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":                         []string{},
		"subject_types_supported":                          []string{"public"},
		"id_token_signing_alg_values_supported":            []string{"RS256"},
	})
}

// token: grant_type, then the client, then the grant, as Keycloak's TokenEndpoint.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r, "audience", "resource")
	switch {
	case form == nil:
		p.refuse(w, r, refusal{http.StatusUnsupportedMediaType, "invalid_request", err.Error()})
		return
	case form.Get("grant_type") == "":
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", "Missing form parameter: grant_type"})
		return
	case p.grants()[form.Get("grant_type")] == nil:
		p.refuse(w, r, refusal{http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type"})
		return
	case err != nil:
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", "duplicated parameter"})
		return
	}
	client, refused := p.authenticate(form)
	if refused == nil && client == deviceClient != (form.Get("grant_type") == deviceGrant) && form.Get("grant_type") != "refresh_token" {
		refused = &refusal{http.StatusUnauthorized, "unauthorized_client", "Client not enabled for this grant"}
	}
	if refused != nil {
		p.refuse(w, r, *refused)
		return
	}
	if p.core.Faults.Take("klg-no-agreement") {
		// Without a service agreement the gateway's extension fails inside Keycloak.
		p.refuse(w, r, refusal{http.StatusInternalServerError, "unknown_error", "For more on this error consult the server log."})
		return
	}
	p.grants()[form.Get("grant_type")](w, r, form)
}

func (p *Provider) grants() map[string]func(http.ResponseWriter, *http.Request, url.Values) {
	return map[string]func(http.ResponseWriter, *http.Request, url.Values){
		"client_credentials": p.clientCredentials, exchangeGrant: p.exchange, "refresh_token": p.refresh,
		deviceGrant: p.device,
	}
}

const exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"

// refusal is one error answer of Keycloak.
type refusal struct {
	status      int
	code        string
	description string
}

func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, f refusal) {
	p.core.Refused(r, f.description)
	core.OAuthError(w, f.status, f.code, f.description)
}

// clientCredentials: a service account's token; Keycloak grants no refresh token with it.
func (p *Provider) clientCredentials(w http.ResponseWriter, r *http.Request, form url.Values) {
	granted, ok := scopes(form.Get("scope"))
	if !ok {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_scope", "Invalid scopes: " + form.Get("scope")})
		return
	}
	session := &core.Session{Client: clientID, Subject: p.serviceUser, Scope: granted, Started: p.core.Now()}
	token, life := p.access(session)
	body := map[string]any{
		"access_token": token, "expires_in": int64(life / time.Second), "refresh_expires_in": 0,
		"token_type": "Bearer", "not-before-policy": 0, "scope": granted,
	}
	p.addIDToken(body, session, token, life)
	p.core.Answer(w, name, body)
}

// scopes are what is granted for what was asked: the client's default scopes,
// and openid when it is asked for. Any other scope is refused.
func scopes(asked string) (granted string, ok bool) {
	granted = scope
	for _, s := range strings.Fields(asked) {
		switch {
		case s == "openid":
			granted = "openid " + scope
		case !slices.Contains(strings.Fields(scope), s):
			return "", false
		}
	}
	return granted, true
}

// access grants an access token with the realm's usual claims and the session's.
func (p *Provider) access(s *core.Session) (token string, life time.Duration) {
	now := p.core.Now()
	life = p.core.Lifetime(lifetime)
	claims := map[string]any{
		"iss": p.realm(), "aud": "account", "sub": s.Subject, "typ": "Bearer", "azp": s.Client, "scope": s.Scope,
		"jti": p.core.UUID(), "iat": now.Unix(), "exp": now.Add(life).Unix(),
	}
	if s.ID != "" {
		claims["sid"] = s.ID
	}
	maps.Copy(claims, s.Claims)
	token = p.signer.Sign("JWT", claims)
	p.core.Tokens.Put(token, core.Access{
		Provider: name, Client: s.Client, Subject: s.Subject, Scope: s.Scope, Expires: now.Add(life), Session: s.ID, Claims: claims,
	})
	return token, life
}
