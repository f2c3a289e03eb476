package nhs

import (
	"crypto"
	"net/http"
	"net/url"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const maxLife = 300 // s from now to exp

// refusal is one error of the platform's pages.
type refusal struct {
	status     int
	code, text string
}

// rule is one thing that is asked of a JWT. Its text speaks of client_assertion.
type rule struct {
	status int
	text   string
	broken func(*core.Assertion) bool
}

// refuse answers with the platform's message id.
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, f refusal) {
	p.core.Refused(r, f.text)
	core.WriteJSON(w, f.status, map[string]any{"error": f.code, "error_description": f.text, "message_id": "rrt-" + p.core.Hex(8) + "-a-geu2-1"})
}

// first is the refusal of the first rule that is broken; the rules speak of client_assertion.
func first(a *core.Assertion, parameter string, rules []rule) *refusal {
	for _, rule := range rules {
		if rule.broken(a) {
			return &refusal{rule.status, "invalid_request", strings.ReplaceAll(rule.text, "client_assertion", parameter)}
		}
	}
	return nil
}

// common is asked of the client's assertion and of the subject's token.
func common() []rule {
	return []rule{
		{400, "Missing 'kid' header in client_assertion JWT", func(a *core.Assertion) bool { return a.Kid() == "" }},
		{400, "Invalid 'typ' header in client_assertion JWT - must be 'JWT'", func(a *core.Assertion) bool { return !strings.EqualFold(a.Typ(), "JWT") }},
		{400, "Missing 'exp' claim in client_assertion JWT", func(a *core.Assertion) bool { return a.Claims["exp"] == nil }},
		{400, "Invalid 'exp' claim in client_assertion JWT - must be an integer", func(a *core.Assertion) bool { _, ok := a.Time("exp"); return !ok }},
		{400, "Invalid 'exp' claim in client_assertion JWT - JWT has expired", func(a *core.Assertion) bool { return exp(a) <= a.Now.Unix() }},
	}
}

// ofClient is asked of the client's assertion alone.
func (p *Provider) ofClient() []rule {
	return []rule{
		{400, "Missing or non-matching 'iss'/'sub' claims in client_assertion JWT", func(a *core.Assertion) bool { return a.Text("iss") == "" || a.Text("iss") != a.Text("sub") }},
		{400, "Missing 'jti' claim in client_assertion JWT", func(a *core.Assertion) bool { return a.Claims["jti"] == nil }},
		{400, "Invalid 'jti' claim in client_assertion JWT - must be a unique string value such as a GUID", func(a *core.Assertion) bool { return a.Text("jti") == "" }},
		{400, "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future", func(a *core.Assertion) bool { return exp(a)-a.Now.Unix() > maxLife }},
		{401, "Invalid 'iss'/'sub' claims in client_assertion JWT", func(a *core.Assertion) bool { return a.Text("iss") != apiKey }},
		{401, "Invalid 'kid' header in client_assertion JWT - no matching public key", func(a *core.Assertion) bool {
			known, _ := p.core.KeyOf(apiKey, a, kid, nil)
			return a.Kid() != known
		}},
		{401, "Missing or invalid 'aud' claim in client_assertion JWT", func(a *core.Assertion) bool {
			aud, single := a.Audience()
			return !single || aud[0] != p.tokenURL()
		}},
	}
}

func exp(a *core.Assertion) int64 {
	s, _ := a.Time("exp")
	return s
}

// unverified is the platform's answer for a signature of another key.
func unverified(a *core.Assertion, key crypto.PublicKey) *refusal {
	if a.Verify(key) != nil {
		return &refusal{http.StatusUnauthorized, "public_key error", "JWT signature verification failed"}
	}
	return nil
}

func (p *Provider) authenticate(form url.Values) *refusal {
	bad := func(text string) *refusal { return &refusal{http.StatusBadRequest, "invalid_request", text} }
	switch {
	case form.Get("client_assertion_type") != core.AssertionType:
		return bad("Missing or invalid client_assertion_type - must be '" + core.AssertionType + "'")
	case form.Get("client_assertion") == "":
		return bad("Missing client_assertion")
	}
	a, err := p.core.ReadAssertion(form)
	switch {
	case err != nil:
		return bad("Malformed JWT in client_assertion")
	case a.Alg() != "RS512":
		return bad("Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'")
	}
	if refused := first(a, "client_assertion", append(common(), p.ofClient()...)); refused != nil {
		return refused
	}
	_, key := p.core.KeyOf(apiKey, a, kid, p.key.Public())
	if refused := unverified(a, key); refused != nil {
		return refused
	}
	if !p.core.Replay.First("nhs jti", a.Text("jti"), a.Now, a.Until(time.Second)) {
		return bad("Non-unique 'jti' claim in client_assertion JWT")
	}
	return nil
}

// subject is the person of an id_token that one of the two logins signed.
func (p *Provider) subject(form url.Values) (string, *refusal) {
	bad := func(text string) (string, *refusal) {
		return "", &refusal{http.StatusBadRequest, "invalid_request", text}
	}
	switch {
	case form.Get("subject_token_type") != idToken:
		return bad("missing or invalid subject_token_type - must be '" + idToken + "'")
	case form.Get("subject_token") == "":
		return bad("Missing subject_token")
	}
	a, err := p.core.Assertion(form.Get("subject_token"))
	if err != nil {
		return bad("Malformed JWT in subject_token")
	}
	login := p.logins[strings.TrimPrefix(a.Text("iss"), p.core.URL+"/nhs/")]
	if refused := first(a, "subject_token", append(common(),
		rule{400, "Missing 'iss' claim in client_assertion JWT", func(a *core.Assertion) bool { return a.Text("iss") == "" }},
		rule{401, "Missing 'aud' claim in client_assertion JWT", func(a *core.Assertion) bool { return a.Claims["aud"] == nil }},
		rule{401, "Invalid 'kid' header in client_assertion JWT - no matching public key", func(a *core.Assertion) bool { return login == nil || a.Kid() != login.Kid() }},
	)); refused != nil {
		return "", refused
	}
	if !login.Verifies(a.JWS) {
		return "", &refusal{http.StatusUnauthorized, "public_key error", "JWT signature verification failed"}
	}
	return a.Text("sub"), nil
}
