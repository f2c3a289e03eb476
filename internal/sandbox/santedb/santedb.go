// Package santedb imitates SanteDB's OAuth service (help.santesuite.org,
// "Obtaining a session"): client id and secret in a form body, a device
// identity in a header of its own, opaque access tokens.
package santedb

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	name     = "santedb"
	clientID = "EXAMPLE_APPLICATION"
	deviceID = "EXAMPLE_DEVICE_NODE"
	// pageExpiresIn is the page's expires_in. The session behind it ends after
	// 1,800 s: the number can only be milliseconds.
	pageExpiresIn = 1799984
	sessionTime   = 30 * time.Minute
)

// Provider is one SanteDB server with one application and one device.
type Provider struct {
	core         *core.Core
	clientSecret string
	deviceSecret string
	person       person
	signer       *core.Signer
}

// New makes the server's secrets.
func New(c *core.Core) *Provider {
	return &Provider{
		core: c, signer: core.NewSigner("RS256"),
		// The `$` is the page's: it must survive form encoding and shells.
		clientSecret: c.Hex(8) + "-x$M0" + c.Hex(8),
		deviceSecret: c.Hex(8) + "-d" + c.Hex(8),
		person:       newPerson(c),
	}
}

// Routes mounts the token endpoint, the key set and the API.
func (p *Provider) Routes(mux *http.ServeMux) {
	mux.Handle("POST /santedb/auth/oauth2_token", p.core.TokenEndpoint(name, p.token))
	mux.Handle("GET /santedb/auth/jwks", p.signer)
	p.core.API(mux, "/santedb/api", p.guard)
}

// token follows the order of checks of the server: device, client, grant.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil {
		p.refuse(w, r, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	if problem := p.device(r); problem != "" {
		p.refuse(w, r, http.StatusBadRequest, "invalid_client", problem)
		return
	}
	if r.Header.Get("Authorization") != "" {
		// The page's server takes the client from the body; Basic is not the client's here.
		p.refuse(w, r, http.StatusBadRequest, "invalid_client", "Invalid authentication scheme")
		return
	}
	if form.Get("client_id") != clientID {
		p.refuse(w, r, http.StatusBadRequest, "invalid_grant", "invalid client_id")
		return
	}
	if subtle.ConstantTimeCompare([]byte(form.Get("client_secret")), []byte(p.clientSecret)) != 1 {
		p.refuse(w, r, http.StatusBadRequest, "invalid_client", "invalid client_secret")
		return
	}
	switch grant := form.Get("grant_type"); grant {
	case "client_credentials":
		p.clientCredentials(w, r, form)
	case "password":
		p.password(w, r, form)
	case "refresh_token":
		p.refresh(w, r, form)
	case "":
		p.refuse(w, r, http.StatusBadRequest, "unsupported_grant_type", "missing grant type")
	default:
		p.refuse(w, r, http.StatusBadRequest, "unsupported_grant_type", "unsupported grant type "+grant)
	}
}

// device checks X-Device-Authorization: BASIC base64(id:secret). The scheme is
// upper case on the page, and the decoded value must hold exactly one colon.
func (p *Provider) device(r *http.Request) string {
	values := r.Header.Values("X-Device-Authorization")
	if len(values) != 1 {
		return "client_credentials grant type requires device authentication either using X509 or X-Device-Authorization"
	}
	encoded, found := strings.CutPrefix(values[0], "BASIC ")
	if !found {
		return "Invalid authentication scheme"
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	parts := strings.Split(string(raw), ":")
	if err != nil || len(parts) != 2 {
		return "Malformed HTTP Basic Header"
	}
	if parts[0] != deviceID || subtle.ConstantTimeCompare([]byte(parts[1]), []byte(p.deviceSecret)) != 1 {
		return "Invalid username/password"
	}
	return ""
}

func (p *Provider) clientCredentials(w http.ResponseWriter, r *http.Request, form url.Values) {
	p.begin(w, r, form, clientID)
}

// begin starts the session of a subject.
func (p *Provider) begin(w http.ResponseWriter, r *http.Request, form url.Values, subject string) {
	if form.Get("scope") != "*" {
		p.refuse(w, r, http.StatusBadRequest, "invalid_scope", "scope must be *")
		return
	}
	p.grant(w, &core.Session{
		ID: p.core.UUID(), Provider: name, Client: clientID, Subject: subject, Scope: "*",
		Started: p.core.Now(), Idle: sessionTime,
	})
}

func (p *Provider) refresh(w http.ResponseWriter, r *http.Request, form url.Values) {
	if form.Get("refresh_token") == "" {
		p.refuse(w, r, http.StatusBadRequest, "invalid_grant", "missing refresh token")
		return
	}
	session, err := p.core.Sessions.Spend(name, clientID, form.Get("refresh_token"), p.core.Now())
	if err != nil {
		p.core.Refused(r, err.Error())
		p.refuse(w, r, http.StatusBadRequest, "invalid_grant", "invalid refresh token")
		return
	}
	p.core.Tokens.RevokeSession(session.ID)
	p.grant(w, session)
}

func (p *Provider) grant(w http.ResponseWriter, session *core.Session) {
	now := p.core.Now()
	life := p.core.Lifetime(sessionTime)
	access := p.opaque()
	claims := map[string]any{
		"iss": p.core.URL + "/santedb/auth", "aud": clientID, "sub": session.Subject, "appid": clientID, "deviceid": deviceID,
		"jti": session.ID, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(life).Unix(),
	}
	p.core.Tokens.Put(access, core.Access{
		Provider: name, Client: clientID, Subject: session.Subject, Scope: session.Scope,
		Expires: now.Add(life), Session: session.ID, Claims: claims,
	})
	expiresIn := int64(pageExpiresIn)
	if p.core.Overridden() {
		expiresIn = int64(life / time.Second)
	}
	body := map[string]any{
		"access_token": access, "id_token": p.signer.Sign("JWT", claims), "token_type": "bearer", "expires_in": expiresIn,
	}
	p.core.Rotate(body, session, p.opaque)
	p.core.Answer(w, name, body)
}

// opaque is 48 random bytes in upper-case hex, as on the page.
func (p *Provider) opaque() string { return fmt.Sprintf("%X", p.core.Bytes(48)) }

// refuse answers with SanteDB's error object: the type of the exception in
// error_detail, and data for the claim that an error is about.
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, status int, code, description string) {
	p.core.Refused(r, description)
	core.WriteJSON(w, status, map[string]any{
		"error": code, "error_description": description, "error_detail": nil, "data": nil,
	})
}

// guard: the access token under any spelling of the scheme; the page writes `bearer`.
func (p *Provider) guard(w http.ResponseWriter, r *http.Request) (core.Access, bool) {
	token, ok := core.Bearer(r, "bearer")
	if !ok {
		p.unauthorized(w, r, "Missing or invalid authorization header")
		return core.Access{}, false
	}
	access, err := p.core.Tokens.Use(name, token, p.core.Now())
	if err != nil {
		p.unauthorized(w, r, err.Error())
		return core.Access{}, false
	}
	return access, true
}

func (p *Provider) unauthorized(w http.ResponseWriter, r *http.Request, reason string) {
	p.core.Refused(r, reason)
	w.Header().Set("WWW-Authenticate", `bearer realm="`+p.core.URL+`/santedb", error="invalid_token"`)
	core.WriteJSON(w, http.StatusUnauthorized, map[string]any{
		"$type": "RestServiceFault", "type": "SecuritySessionException", "message": reason, "policyId": "1.3.6.1.4.1.33349.3.1.5.9.2",
	})
}

// Profiles is the profile of the page.
func (p *Provider) Profiles() ([]core.Profile, error) {
	return []core.Profile{{
		Name: name,
		YAML: fmt.Sprintf(`preset: santedb
token_url: %[1]s/santedb/auth/oauth2_token
client:
  id: %[2]s
  secret: keyring:client_secret
request:
  headers:
    - {name: X-Device-Authorization, basic: {username: %[3]s, password: "keyring:device_secret", scheme: BASIC}}
api:
  base_url: %[1]s/santedb
  hosts: ["%[4]s"]
`, p.core.URL, clientID, deviceID, p.core.Host()),
		Secrets: map[string]string{
			"client_secret": p.clientSecret, "device_secret": p.deviceSecret,
			"user_password": p.person.password, "user_code": p.person.code, // for whoever plays the person
		},
	}}, nil
}
