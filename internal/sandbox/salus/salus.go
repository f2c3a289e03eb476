// Package salus imitates SALUS Guardian ("Authentication", SALUS Developer
// API): token requests with a JSON body, raw Basic or body credentials, JWT
// access and refresh tokens.
package salus

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	name         = "salus"
	confidential = "client_333"
	lifetime     = time.Hour
	scopeID      = "sls:idn"
)

// Provider is one Guardian with a confidential and a public client.
type Provider struct {
	core         *core.Core
	clientSecret string
	signer       *core.Signer
	codes        *core.Codes
	pages        *core.LoginPages
}

// New makes the confidential client's secret; its `:`, `+` and `%` tell raw Basic from form-encoded.
func New(c *core.Core) *Provider {
	return &Provider{core: c, signer: core.NewSigner("RS256"), codes: core.NewCodes(), clientSecret: c.Hex(10) + "+%2F:" + c.Hex(10)}
}

func (p *Provider) issuer() string { return p.core.URL + "/salus" }

// Routes mounts Guardian and the API.
func (p *Provider) Routes(mux *http.ServeMux) {
	mux.Handle("POST /salus/token", p.core.TokenEndpoint(name, p.token))
	mux.Handle("GET /salus/jwks", p.signer)
	p.pages = p.core.NewLoginPages(mux, "SALUS Guardian", "/salus/authorize/decision", p.codes)
	mux.HandleFunc("GET /salus/authorize", p.authorize)
	mux.HandleFunc("POST /salus/revoke", p.revoke)
	p.core.API(mux, "/salus/api", p.guard)
}

// token reads JSON only, as every example of the page sends it.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	body, err := core.JSONBody(r)
	if err != nil {
		p.refuse(w, r, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	params := map[string]string{}
	for field, value := range body {
		text, ok := value.(string)
		if !ok {
			p.refuse(w, r, http.StatusBadRequest, "invalid_request", field+" must be a string")
			return
		}
		params[field] = text
	}
	client, ok := p.client(r, params)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="guardian"`)
		p.refuse(w, r, http.StatusUnauthorized, "invalid_client", "Client authentication failed")
		return
	}
	grant, ok := p.grants()[params["grant_type"]]
	if !ok {
		p.refuse(w, r, http.StatusBadRequest, "unsupported_grant_type", "The authorization grant type is not supported")
		return
	}
	grant(w, r, client, params)
}

type grantFunc func(w http.ResponseWriter, r *http.Request, client string, params map[string]string)

func (p *Provider) grants() map[string]grantFunc {
	return map[string]grantFunc{"client_credentials": p.clientCredentials, "refresh_token": p.refresh, "authorization_code": p.code}
}

// client is who asks: by the JSON body or by raw Basic, never both (RFC 6749
// 2.3). The public client has no secret, and may leave its id out where the code
// tells it.
func (p *Provider) client(r *http.Request, params map[string]string) (id string, ok bool) {
	header := r.Header.Get("Authorization")
	id, secret := params["client_id"], params["client_secret"]
	if header != "" {
		basicID, basicSecret, isBasic := core.RawBasic(header)
		if !isBasic || secret != "" || id != "" && id != basicID {
			return "", false
		}
		id, secret = basicID, basicSecret
	}
	if id == "" && secret == "" {
		id = p.codes.ClientOf(params["code"])
	}
	if id == public {
		return id, secret == ""
	}
	return id, id == confidential && subtle.ConstantTimeCompare([]byte(secret), []byte(p.clientSecret)) == 1
}

func (p *Provider) clientCredentials(w http.ResponseWriter, r *http.Request, client string, params map[string]string) {
	if client != confidential {
		p.refuse(w, r, http.StatusBadRequest, "unauthorized_client", "The client may not use this grant")
		return
	}
	if params["scope"] != scopeID {
		p.refuse(w, r, http.StatusBadRequest, "invalid_scope", "The requested scope is invalid")
		return
	}
	p.grant(w, &core.Session{
		ID: p.core.UUID(), Provider: name, Client: client, Subject: client, Scope: scopeID,
		Started: p.core.Now(), Idle: 24 * time.Hour,
	}, lifetime)
}

// scope checks that of a code or a refresh: it may be left out, but there is no
// other than the one that was granted.
func (p *Provider) scope(w http.ResponseWriter, r *http.Request, params map[string]string) bool {
	if scope, given := params["scope"]; given && scope != scopeID {
		p.refuse(w, r, http.StatusBadRequest, "invalid_scope", "The requested scope is invalid")
		return false
	}
	return true
}

func (p *Provider) refresh(w http.ResponseWriter, r *http.Request, client string, params map[string]string) {
	if !p.scope(w, r, params) {
		return
	}
	session, err := p.core.Sessions.Spend(name, client, params["refresh_token"], p.core.Now())
	if err != nil {
		p.core.Tokens.RevokeSession(idOf(session))
		p.core.Refused(r, err.Error())
		p.refuse(w, r, http.StatusBadRequest, "invalid_grant", "The refresh token is invalid")
		return
	}
	life := lifetime
	if session.Client == public || session.Subject != client {
		life = loginLife
	}
	p.grant(w, session, life)
}

func idOf(s *core.Session) string {
	if s == nil {
		return ""
	}
	return s.ID
}

func (p *Provider) grant(w http.ResponseWriter, session *core.Session, own time.Duration) {
	life := p.core.Lifetime(own)
	body := map[string]any{
		"access_token": p.access(session, life), "token_type": "bearer", "expires_in": int64(life / time.Second),
	}
	p.core.Rotate(body, session, func() string {
		now := p.core.Now()
		return p.signer.Sign("JWT", map[string]any{
			"iss": p.issuer(), "sub": session.Subject, "token_use": "refresh", "jti": p.core.UUID(),
			"iat": now.Unix(), "exp": now.Add(session.Left(now)).Unix(),
		})
	})
	p.core.Answer(w, name, body)
}

func (p *Provider) access(session *core.Session, life time.Duration) string {
	now := p.core.Now()
	claims := map[string]any{
		"iss": p.issuer(), "aud": "developer-api", "sub": session.Subject, "client_id": session.Client, "scope": session.Scope,
		"jti": p.core.UUID(), "iat": now.Unix(), "exp": now.Add(life).Unix(), "role": "company_owner",
	}
	for field, value := range session.Claims {
		claims[field] = value
	}
	token := p.signer.Sign("JWT", claims)
	p.core.Tokens.Put(token, core.Access{
		Provider: name, Client: session.Client, Subject: session.Subject, Scope: session.Scope,
		Expires: now.Add(life), Session: session.ID, Claims: claims,
	})
	return token
}

func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, status int, code, description string) {
	p.core.Refused(r, strings.ToLower(description))
	core.OAuthError(w, status, code, description)
}

func (p *Provider) guard(w http.ResponseWriter, r *http.Request) (core.Access, bool) {
	token, ok := core.Bearer(r, "Bearer")
	if ok {
		access, err := p.core.Tokens.Use(name, token, p.core.Now())
		if err == nil {
			return access, true
		}
		p.core.Refused(r, err.Error())
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="developer-api", error="invalid_token"`)
	core.WriteJSON(w, http.StatusUnauthorized, map[string]any{"statusCode": http.StatusUnauthorized, "message": "Unauthorized"})
	return core.Access{}, false
}
