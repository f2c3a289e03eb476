package helseid

import (
	"net/http"

	"authctl/internal/sandbox/core"
)

// revocation is RFC 7009: a refresh token ends its session, an access token only itself.
func (p *FAPI) revocation(w http.ResponseWriter, r *http.Request) {
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
	if s := p.core.Sessions.Find(p.name, form.Get("token")); s != nil && s.Client == who.id {
		p.core.Sessions.End(s)
		p.core.Tokens.RevokeSession(s.ID)
	}
	p.core.Tokens.Revoke(p.name, form.Get("token"))
	w.WriteHeader(http.StatusOK)
}

// endSession is OpenID Connect RP-Initiated Logout 1.0, for a person's browser.
// A client that sends no hint (2: it is RECOMMENDED) ends what the browser's
// cookie stands for, and there is none here.
func (p *FAPI) endSession(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !q.Has("id_token_hint") && q.Get("client_id") == p.person.id {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("You are logged out.\n"))
		return
	}
	hint, err := core.ParseJWS(q.Get("id_token_hint"))
	if err != nil || !p.signer.Verifies(hint) {
		p.pages.Deny(w, r, "The id_token_hint is not one of this server.")
		return
	}
	p.core.Sessions.EndID(p.name, hint.Text("sid"))
	p.core.Tokens.RevokeSession(hint.Text("sid"))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("You are logged out.\n"))
}
