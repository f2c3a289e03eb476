package smart

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

// authorize checks a request of the app (SMART App Launch 2.2, "Obtain authorization code").
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if p.pages.DenyStranger(w, r, q.Get("client_id") == app, core.LoopbackCallbacks("/callback")...) {
		return
	}
	l := core.Login{
		Client: app, RedirectURI: q.Get("redirect_uri"), Scope: granted(q.Get("scope"), appScopes()), State: q.Get("state"),
		Nonce: q.Get("nonce"), Challenge: q.Get("code_challenge"), Answer: answer,
	}
	if code, reason := p.checkAuthorize(q, l.Scope); code != "" {
		p.core.Refused(r, reason)
		w.Header().Set("Location", core.Back(l.RedirectURI, "error", code, "error_description", reason, "state", l.State))
		w.WriteHeader(http.StatusFound)
		return
	}
	p.pages.Show(w, l)
}

func (p *Provider) checkAuthorize(q url.Values, scope string) (code, reason string) {
	switch {
	case q.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case q.Get("aud") != p.base():
		return "invalid_request", "aud must be the FHIR server, " + p.base()
	case q.Get("state") == "":
		return "invalid_request", "state is missing"
	case q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || !core.IsVerifier(q.Get("code_challenge")):
		return "invalid_request", "code_challenge with S256 is required"
	case scope == "":
		return "invalid_scope", "none of the scopes can be granted"
	}
	return "", ""
}

func answer(l core.Login, code, refusal string) string {
	return core.Back(l.RedirectURI, "error", refusal, "code", code, "state", l.State)
}

// person answers the app, a public client: for a code, or for a refresh token.
func (p *Provider) person(w http.ResponseWriter, r *http.Request, form url.Values) {
	if form.Get("client_id") != app || form.Has("client_assertion") || form.Has("client_secret") {
		p.refuse(w, r, "invalid_client", "client_id must be "+app+", a public client")
		return
	}
	if form.Get("grant_type") == "refresh_token" {
		session, err := p.core.Sessions.Spend(name, app, form.Get("refresh_token"), p.core.Now())
		if err != nil {
			p.refuse(w, r, "invalid_grant", err.Error())
			return
		}
		p.answer(w, session, "")
		return
	}
	grant, err := p.codes.Redeem(form.Get("code"), app, p.core.Now())
	switch {
	case err != nil:
		p.core.Tokens.RevokeSession(grant.Session)
	case form.Get("redirect_uri") != grant.RedirectURI:
		err = core.ErrNoCode
	default:
		err = grant.Verify(form.Get("code_verifier"))
	}
	if err != nil {
		p.refuse(w, r, "invalid_grant", err.Error())
		return
	}
	p.answer(w, &core.Session{
		ID: grant.Session, Provider: name, Client: app, Subject: "kari", Scope: grant.Scope, Started: p.core.Now(), Idle: 24 * time.Hour,
	}, grant.Nonce)
}

// answer carries the launch context beside the token, as the scopes granted allow.
func (p *Provider) answer(w http.ResponseWriter, s *core.Session, nonce string) {
	has := func(scope string) bool { return slices.Contains(strings.Fields(s.Scope), scope) }
	body := p.access(s)
	if has("launch/patient") { // the server may add context that was not asked for
		body["patient"], body["encounter"], body["need_patient_banner"] = "kari-testperson", "visit-1", false
	}
	if has("openid") {
		now := p.core.Now()
		claims := map[string]any{"iss": p.base(), "aud": s.Client, "sub": s.Subject, "iat": now.Unix(), "exp": now.Add(lifetime).Unix()}
		if has("fhirUser") {
			claims["fhirUser"] = p.base() + "/Practitioner/kari"
		}
		if nonce != "" {
			claims["nonce"] = nonce
		}
		body["id_token"] = p.signer.Sign("JWT", claims)
	}
	if has("offline_access") {
		p.core.Rotate(body, s, func() string { return p.core.Hex(32) })
	}
	p.core.Answer(w, name, body)
}
