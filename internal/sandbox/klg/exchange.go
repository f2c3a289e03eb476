package klg

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/sandbox/core"
)

const (
	subjectIssuer = "kombit-sts"
	typeSAML2     = "urn:ietf:params:oauth:token-type:saml2"
	typeAccess    = "urn:ietf:params:oauth:token-type:access_token"
	typeRefresh   = "urn:ietf:params:oauth:token-type:refresh_token"
)

// contextNames are what a client may switch to, at the exchange and at every refresh.
func contextNames() []string {
	return []string{"organization_id", "care_team_id", "patient_id", "episode_of_care_id"}
}

// exchange is RFC 8693 for the STS's assertions, and for nothing else.
func (p *Provider) exchange(w http.ResponseWriter, r *http.Request, form url.Values) {
	bad := func(code, text string) { p.refuse(w, r, refusal{http.StatusBadRequest, code, text}) }
	requested := form.Get("requested_token_type")
	switch {
	case form.Get("subject_token") == "":
		bad("invalid_request", "Missing parameter: subject_token")
		return
	case form.Get("subject_token_type") != typeSAML2:
		bad("invalid_request", "subject_token_type unsupported")
		return
	case form.Get("subject_issuer") != subjectIssuer:
		bad("invalid_issuer", "Invalid subject_issuer parameter")
		return
	case requested != "" && requested != typeAccess && requested != typeRefresh:
		bad("invalid_request", "requested_token_type unsupported")
		return
	}
	granted, ok := scopes(form.Get("scope"))
	if !ok {
		bad("invalid_scope", "Invalid scopes: "+form.Get("scope"))
		return
	}
	for _, audience := range form["audience"] {
		if audience != clientID {
			bad("invalid_client", "Audience not found")
			return
		}
	}
	subject, cvr, err := p.checkSAML(form.Get("subject_token"))
	if err == nil && p.core.Faults.Take("klg-invalid-token") {
		err = errors.New("the assertion is not accepted any more")
	}
	if err != nil {
		bad("invalid_token", "Invalid token: "+err.Error())
		return
	}
	session := &core.Session{
		ID: p.core.UUID(), Provider: name, Client: clientID, Subject: subject, Scope: granted, Started: p.core.Now(),
		Idle: idle, Max: maxLife, Claims: switched(map[string]any{"cvr": cvr, "preferred_username": subject}, form),
	}
	body := p.session(session)
	body["issued_token_type"] = typeAccess
	p.core.Counter.Step("klg-exchange")
	p.core.Answer(w, name, body)
}

// refresh spends a refresh token. revokeRefreshToken is on in this realm: each is
// good once. A scope narrows the answer by optional scopes that it does not name;
// openid and the default scopes stay, and this realm's clients have no others.
func (p *Provider) refresh(w http.ResponseWriter, r *http.Request, form url.Values) {
	token, client := form.Get("refresh_token"), clientID
	if form.Get("client_id") == deviceClient {
		client = deviceClient
	}
	if token == "" {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", "No refresh token"})
		return
	}
	if _, ok := scopes(form.Get("scope")); !ok {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_scope", "Invalid scopes: " + form.Get("scope")})
		return
	}
	session, err := p.core.Sessions.Spend(name, client, token, p.core.Now())
	if err != nil {
		if errors.Is(err, core.ErrReused) || errors.Is(err, core.ErrReusedAtOnce) {
			p.core.Tokens.RevokeSession(session.ID)
		}
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_grant", refreshText(err)})
		return
	}
	session.Claims = switched(session.Claims, form)
	p.core.Answer(w, name, p.session(session))
}

// refreshText is Keycloak's text for each reason.
func refreshText(err error) string {
	switch {
	case errors.Is(err, core.ErrReusedAtOnce):
		return "Maximum allowed refresh token reuse exceeded"
	case errors.Is(err, core.ErrReused):
		return "Stale token"
	case errors.Is(err, core.ErrIdle):
		return "Token is not active"
	case errors.Is(err, core.ErrSessionOver):
		return "Session doesn't have required client"
	case errors.Is(err, core.ErrOtherClient):
		return "Invalid refresh token. Token client and authorized client don't match"
	default:
		return "Invalid refresh token"
	}
}

// switched is the session's context with what this request asks for; it is a
// new map, because tokens granted before keep theirs.
func switched(claims map[string]any, form url.Values) map[string]any {
	out := maps.Clone(claims)
	for _, parameter := range contextNames() {
		if value := form.Get(parameter); value != "" {
			out[parameter] = value
		}
	}
	return out
}

// session is the answer that starts or continues a session.
func (p *Provider) session(s *core.Session) map[string]any {
	now := p.core.Now()
	token, life := p.access(s)
	left := s.Left(now)
	body := map[string]any{
		"access_token": token, "expires_in": int64(life / time.Second), "refresh_expires_in": int64(left / time.Second),
		"token_type": "Bearer", "not-before-policy": 0, "session_state": s.ID, "scope": s.Scope,
	}
	p.addIDToken(body, s, token, life)
	p.core.Rotate(body, s, func() string { return p.refreshToken(s, now, left) })
	return body
}

// refreshToken is a JWT under a key of the realm's own, shaped as the page's.
func (p *Provider) refreshToken(s *core.Session, now time.Time, left time.Duration) string {
	token, err := jwt.Sign(&keys.Key{Oct: p.refreshKey}, "HS512", map[string]any{"typ": "JWT"}, map[string]any{
		"exp": now.Add(left).Unix(), "iat": now.Unix(), "jti": p.core.UUID(), "iss": p.realm(), "aud": p.realm(), "sub": s.Subject,
		"typ": "Refresh", "azp": s.Client, "sid": s.ID, "session_state": s.ID, "scope": s.Scope,
	})
	if err != nil {
		panic("sandbox: " + err.Error())
	}
	return token
}

// addIDToken adds an id_token (OpenID Connect Core 2) where openid was granted,
// with at_hash over RS256's hash.
func (p *Provider) addIDToken(body map[string]any, s *core.Session, access string, life time.Duration) {
	if !slices.Contains(strings.Fields(s.Scope), "openid") {
		return
	}
	now, sum := p.core.Now(), sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": p.realm(), "aud": s.Client, "azp": s.Client, "sub": s.Subject, "typ": "ID", "sid": s.ID, "jti": p.core.UUID(),
		"iat": now.Unix(), "exp": now.Add(life).Unix(), "auth_time": s.Started.Unix(),
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
	}
	maps.Copy(claims, s.Claims)
	body["id_token"] = p.signer.Sign("JWT", claims)
}

// revoke is RFC 7009: an access token, or a refresh token with its session.
func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", err.Error()})
		return
	}
	client, refused := p.authenticate(form)
	if refused != nil {
		p.refuse(w, r, *refused)
		return
	}
	token := form.Get("token")
	if token == "" {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_request", "Token not provided"})
		return
	}
	if hint := form.Get("token_type_hint"); hint != "" && !slices.Contains([]string{"access_token", "refresh_token"}, hint) {
		p.refuse(w, r, refusal{http.StatusBadRequest, "unsupported_token_type", "Unsupported token type"})
		return
	}
	s := p.core.Sessions.Find(name, token)
	if access, ok := p.core.Tokens.Look(name, token); s != nil && s.Client != client || ok && access.Client != client {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_token", "Unmatching clients"})
		return
	}
	if s != nil {
		p.core.Sessions.End(s)
		p.core.Tokens.RevokeSession(s.ID)
	}
	p.core.Tokens.Revoke(name, token)
	w.WriteHeader(http.StatusOK)
}
