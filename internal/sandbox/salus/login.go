package salus

import (
	"net/http"
	"net/url"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	public    = "client_444"
	loginLife = 24 * time.Hour // 86400 s, as the page's example
	paste     = "https://your-redirect-target.example/auth/callback"
)

// authorize checks GET /authorize as the page has it, and shows the login page.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	known := q.Get("client_id") == confidential || q.Get("client_id") == public
	if p.pages.DenyStranger(w, r, known, append(core.LoopbackCallbacks("/callback", "/auth/callback"), paste)...) {
		return
	}
	l := core.Login{
		Client: q.Get("client_id"), RedirectURI: q.Get("redirect_uri"), Scope: q.Get("scope"), State: q.Get("state"),
		Challenge: q.Get("code_challenge"), Asked: q.Get("request_scope"), Answer: p.answer,
	}
	if code, reason := checkAuthorize(q); code != "" {
		p.core.Refused(r, reason)
		w.Header().Set("Location", core.Back(l.RedirectURI, "error", code, "error_description", reason, "state", l.State))
		w.WriteHeader(http.StatusFound)
		return
	}
	p.pages.Show(w, l)
}

// checkAuthorize is what goes back to the client as an error.
func checkAuthorize(q url.Values) (code, reason string) {
	method := q.Get("code_challenge_method")
	switch {
	case q.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case method != "" && method != "S256": // "if omitted it will be defaulted to S256"
		return "invalid_request", "code_challenge_method must be S256"
	case len(q.Get("code_challenge")) != 43 || !core.IsVerifier(q.Get("code_challenge")):
		return "invalid_request", "code_challenge must be the base64url of a SHA-256"
	case q.Get("state") == "":
		return "invalid_request", "state is missing"
	case q.Get("scope") != scopeID:
		return "invalid_scope", "scope must be " + scopeID
	case q.Get("prompt") == "none":
		return "login_required", "a person must log in"
	}
	return "", ""
}

// answer is the page's callback: state, session_state, code, and the request_scope as scope.
func (p *Provider) answer(l core.Login, code, refusal string) string {
	if refusal != "" {
		return core.Back(l.RedirectURI, "error", refusal, "error_description", "The user refused", "state", l.State)
	}
	return core.Back(l.RedirectURI, "state", l.State, "session_state", p.core.UUID(), "code", code, "scope", l.Asked)
}

// code redeems an authorization code. The page sends neither client_id nor
// redirect_uri; where they come they must be right.
func (p *Provider) code(w http.ResponseWriter, r *http.Request, client string, params map[string]string) {
	for _, name := range []string{"code", "code_verifier"} {
		if params[name] == "" {
			p.refuse(w, r, http.StatusBadRequest, "invalid_request", name+" is missing")
			return
		}
	}
	if !p.scope(w, r, params) {
		return
	}
	grant, err := p.codes.Redeem(params["code"], client, p.core.Now())
	uri, given := params["redirect_uri"]
	switch {
	case err != nil:
		p.core.Tokens.RevokeSession(grant.Session)
	case given && uri != grant.RedirectURI:
		err = core.ErrNoCode
	default:
		err = grant.Verify(params["code_verifier"])
	}
	if err != nil {
		p.core.Refused(r, err.Error())
		p.refuse(w, r, http.StatusBadRequest, "invalid_grant", "The authorization code is invalid")
		return
	}
	p.grant(w, &core.Session{
		ID: grant.Session, Provider: name, Client: client, Subject: "auth|kari", Scope: grant.Scope,
		Started: p.core.Now(), Idle: 30 * loginLife, Claims: map[string]any{"name": core.Person, "email": "kari@example.org", "role": "user"},
	}, loginLife)
}
