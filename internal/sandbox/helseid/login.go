package helseid

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	parLife     = time.Minute
	sessionIdle = 8 * time.Hour
	subject     = "kari-05898597468"
)

// pushed is one pushed authorization request (RFC 9126).
type pushed struct {
	login core.Login
	until time.Time
}

// par takes an authorization request from an authenticated client (RFC 9126
// 2.1). A DPoP proof is optional here and binds the code to its key (RFC 9449 10.1).
func (p *FAPI) par(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil {
		p.refuse(w, r, "invalid_request", err.Error())
		return
	}
	who, _, problem := p.authenticate(form)
	if problem != "" {
		p.refuse(w, r, "invalid_client", problem)
		return
	}
	proven := ""
	if r.Header.Get("DPoP") != "" {
		jkt, ok := p.proof(w, r)
		if !ok {
			return
		}
		proven = jkt
	}
	if form.Has("request") {
		if form, problem = p.requested(form, who); problem != "" {
			p.core.Refused(r, problem)
			core.OAuthError(w, http.StatusBadRequest, "invalid_request_object", problem)
			return
		}
	}
	jkt := form.Get("dpop_jkt")
	if jkt != "" && proven != "" && jkt != proven {
		p.refuse(w, r, "invalid_dpop_proof", "dpop_jkt is not the proof's key")
		return
	}
	if proven != "" {
		jkt = proven
	}
	if code, reason := p.checkRequest(form, who); code != "" {
		p.core.Refused(r, reason)
		core.OAuthError(w, http.StatusBadRequest, code, reason)
		return
	}
	uri := "urn:ietf:params:oauth:request_uri:" + p.core.Hex(32)
	p.mu.Lock()
	p.pushed[uri] = pushed{core.Login{
		Client: who.id, RedirectURI: form.Get("redirect_uri"), Scope: form.Get("scope"), State: form.Get("state"),
		Nonce: form.Get("nonce"), Challenge: form.Get("code_challenge"), JKT: jkt, Prompt: form.Get("prompt"), Answer: p.answer,
	}, p.core.Now().Add(parLife)}
	p.mu.Unlock()
	core.WriteJSON(w, http.StatusCreated, map[string]any{"request_uri": uri, "expires_in": int64(parLife / time.Second)})
}

// checkRequest is FAPI 2.0's: code, S256, an exact redirect URI but for a loopback port, known scopes.
func (p *FAPI) checkRequest(form url.Values, who client) (code, reason string) {
	scopes := strings.Fields(form.Get("scope"))
	switch {
	case !slices.Contains(who.grants, "authorization_code"):
		return "unauthorized_client", "this client has no login"
	case form.Get("request_uri") != "":
		return "invalid_request", "request_uri must not be pushed"
	case form.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case !core.Registered(form.Get("redirect_uri"), core.LoopbackCallbacks("/callback")...):
		return "invalid_request", "redirect_uri is not registered"
	case form.Get("code_challenge_method") != "S256" || len(form.Get("code_challenge")) != 43 || !core.IsVerifier(form.Get("code_challenge")):
		return "invalid_request", "code_challenge with S256 is required"
	case !slices.Contains(scopes, "openid"):
		return "invalid_scope", "scope must hold openid"
	}
	for _, scope := range scopes {
		if !slices.Contains(who.scopes, scope) {
			return "invalid_scope", "the client may not ask for " + scope
		}
	}
	return "", ""
}

// authorize takes a request_uri once, for the client that pushed it, and
// nothing else: require_pushed_authorization_requests.
func (p *FAPI) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.mu.Lock()
	request, ok := p.pushed[q.Get("request_uri")]
	delete(p.pushed, q.Get("request_uri"))
	p.mu.Unlock()
	switch {
	case q.Get("request_uri") == "":
		p.pages.Deny(w, r, "A pushed authorization request is required.")
	case !ok || q.Get("client_id") != request.login.Client || p.core.Now().After(request.until):
		p.pages.Deny(w, r, "The request_uri is unknown, expired, used, or another client's.")
	case request.login.Prompt == "none": // nobody is ever logged in already
		w.Header().Set("Location", p.answer(request.login, "", "login_required"))
		w.WriteHeader(http.StatusFound)
	default:
		p.pages.Show(w, request.login)
	}
}

// answer carries iss (RFC 9207), on errors too.
func (p *FAPI) answer(l core.Login, code, refusal string) string {
	if refusal != "" {
		return core.Back(l.RedirectURI, "error", refusal, "state", l.State, "iss", p.url())
	}
	return core.Back(l.RedirectURI, "code", code, "scope", l.Scope, "state", l.State, "session_state", p.core.Hex(16), "iss", p.url())
}

// code redeems an authorization code: once, with its verifier, redirect URI and key.
func (p *FAPI) code(w http.ResponseWriter, r *http.Request, form url.Values, who client, jkt string) {
	grant, err := p.codes.Redeem(form.Get("code"), who.id, p.core.Now())
	switch {
	case err != nil:
		p.core.Tokens.RevokeSession(grant.Session)
	case form.Get("redirect_uri") != grant.RedirectURI, grant.JKT != "" && grant.JKT != jkt:
		err = core.ErrNoCode
	default:
		err = grant.Verify(form.Get("code_verifier"))
	}
	if err != nil {
		p.refuse(w, r, "invalid_grant", err.Error())
		return
	}
	session := &core.Session{
		ID: grant.Session, Provider: p.name, Client: who.id, Subject: subject, Scope: grant.Scope, JKT: jkt,
		Started: p.core.Now(), Idle: sessionIdle,
	}
	p.answerSession(w, session, "", grant.Nonce)
}

// refresh rotates, and wants the key the session began with (RFC 9449 5).
func (p *FAPI) refresh(w http.ResponseWriter, r *http.Request, form url.Values, who client, jkt string) {
	token := form.Get("refresh_token")
	if s := p.core.Sessions.Find(p.name, token); s != nil && s.JKT != jkt {
		p.refuse(w, r, "invalid_grant", "the refresh token is bound to another key")
		return
	}
	if s := p.core.Sessions.Find(p.name, token); s != nil {
		if _, ok := s.For(form.Get("scope")); !ok {
			p.refuse(w, r, "invalid_scope", "the login was not granted "+form.Get("scope"))
			return
		}
	}
	session, err := p.core.Sessions.Spend(p.name, who.id, token, p.core.Now())
	if err != nil {
		if session != nil {
			p.core.Tokens.RevokeSession(session.ID)
		}
		p.refuse(w, r, "invalid_grant", err.Error())
		return
	}
	p.answerSession(w, session, form.Get("scope"), "")
}

// answerSession grants the scopes asked, "" for those of the session, which
// keeps all of its own.
func (p *FAPI) answerSession(w http.ResponseWriter, s *core.Session, asked, nonce string) {
	narrower, _ := s.For(asked)
	token, life := p.mint(s.Client, s.Subject, narrower.Scope, s.ID, s.JKT, nil)
	body := map[string]any{
		"access_token": token, "expires_in": int64(life / time.Second), "token_type": "DPoP", "scope": narrower.Scope,
	}
	if slices.Contains(strings.Fields(narrower.Scope), "openid") {
		body["id_token"] = p.idToken(s, nonce, token)
	}
	if slices.Contains(strings.Fields(s.Scope), "offline_access") {
		body["rt_expires_in"] = int64(s.Left(p.core.Now()) / time.Second)
		p.core.Rotate(body, s, func() string { return p.core.Hex(32) })
	}
	p.core.Answer(w, p.name, body)
}

// idToken is OpenID Connect Core 2, with at_hash (3.1.3.6) over SHA-256, PS256's hash.
func (p *FAPI) idToken(s *core.Session, nonce, access string) string {
	now := p.core.Now()
	sum := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": p.url(), "aud": s.Client, "sub": s.Subject, "sid": s.ID, "name": core.Person,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": s.Started.Unix(),
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]), "amr": []string{"external"},
		"helseid://claims/identity/security_level": "4",
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	return p.signer.Sign("JWT", claims)
}
