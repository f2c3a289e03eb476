package sandbox_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox/core"
)

func loginParams(pairs ...string) []string {
	all := []string{
		"response_type", "code", "redirect_uri", callback, "scope", "openid profile offline_access cppa/access",
		"state", "st", "nonce", "no", "code_challenge", challenge(verifier), "code_challenge_method", "S256",
	}
	return append(all, pairs...)
}

// pushed pushes and opens the login page.
func (h *holder) pushed(pairs ...string) reply {
	h.t.Helper()
	r := h.ask(fapiPAR, "helseid-login.json", loginParams(pairs...)...)
	if r.status != http.StatusCreated {
		h.t.Fatalf("PAR: %d %s", r.status, r.raw)
	}
	return h.get("/helseid-fapi/connect/authorize?"+values("client_id", clientOf(h.box, "helseid-login.json"), "request_uri", r.text("request_uri")).Encode(), nil)
}

func (h *holder) redeem(code string, pairs ...string) reply {
	h.t.Helper()
	return h.ask(fapiToken, "helseid-login.json", append([]string{"grant_type", "authorization_code", "code", code, "code_verifier", verifier, "redirect_uri", callback}, pairs...)...)
}

func TestFAPILogin(t *testing.T) {
	h := newHolder(shared(t))
	q := click(h.box, h.pushed(), "login").Query()
	if q.Get("iss") != h.URL+"/helseid-fapi" || q.Get("state") != "st" {
		t.Errorf("the callback: %v", q)
	}
	r := h.must(h.redeem(q.Get("code")))
	id, err := core.ParseJWS(r.text("id_token"))
	if err != nil {
		t.Fatal(err)
	}
	if half, _ := base64.RawURLEncoding.DecodeString(ath(r.text("access_token"))); id.Text("nonce") != "no" || id.Text("iss") != h.URL+"/helseid-fapi" ||
		id.Text("at_hash") != base64.RawURLEncoding.EncodeToString(half[:16]) {
		t.Errorf("the id_token's claims: %v", id.Claims)
	}
	if keyset := h.must(h.get("/helseid-fapi/.well-known/openid-configuration/jwks", nil)); !strings.Contains(keyset.raw, id.Kid()) || id.Kid() == "" {
		t.Errorf("the key of the id_token is not in the JWKS")
	}
	refresh := r.text("refresh_token")
	refused(t, newHolder(h.box).ask(fapiToken, "helseid-login.json", "grant_type", "refresh_token", "refresh_token", refresh), 400, "invalid_grant", "")
	refused(t, h.ask(fapiToken, "helseid-login.json", "grant_type", "refresh_token", "refresh_token", refresh, "scope", "openid journal"), 400, "invalid_scope", "")
	fewer := h.must(h.ask(fapiToken, "helseid-login.json", "grant_type", "refresh_token", "refresh_token", refresh, "scope", "cppa/access"))
	if fewer.text("scope") != "cppa/access" || fewer.text("id_token") != "" || fewer.text("refresh_token") == "" {
		t.Errorf("fewer scopes: %s", fewer.raw)
	}
	all := h.must(h.ask(fapiToken, "helseid-login.json", "grant_type", "refresh_token", "refresh_token", fewer.text("refresh_token")))
	if all.text("scope") != "openid profile offline_access cppa/access" {
		t.Errorf("the session has lost scopes: %s", all.raw)
	}
	refused(t, h.ask(fapiToken, "helseid-login.json", "grant_type", "refresh_token", "refresh_token", refresh), 400, "invalid_grant", "")
}

// A pushed request object is taken as HelseID's page has it, and nothing beside it is.
func TestFAPIRequestObjects(t *testing.T) {
	h := newHolder(shared(t))
	const file = "helseid-login.json"
	object := func(header, body claims) string {
		id, now, key := clientOf(h.box, file), time.Now().Unix(), h.box.key(file)
		inside := claims{"iss": id, "client_id": id, "aud": h.URL + "/helseid-fapi", "iat": now, "nbf": now, "exp": now + 60, "jti": jti()}
		for name, values := range values(loginParams()...) {
			inside[name] = values[0]
		}
		return sign(t, key, "ES256", with(claims{"typ": "oauth-authz-req+jwt", "kid": key.KID}, header), with(inside, body))
	}
	push := func(object string) reply { return h.ask(fapiPAR, file, "request", object, "state", "outside") }
	good := object(nil, nil)
	uri := push(good).text("request_uri")
	page := h.get("/helseid-fapi/connect/authorize?"+values("client_id", clientOf(h.box, file), "request_uri", uri).Encode(), nil)
	if q := click(h.box, page, "login").Query(); q.Get("state") != "st" {
		t.Errorf("the callback: %v", q)
	}
	now := time.Now().Unix()
	for name, request := range map[string]string{
		"used before":   good,
		"typ":           object(claims{"typ": "JWT"}, nil),
		"aud":           object(nil, claims{"aud": h.URL + "/helseid-fapi/connect/par"}),
		"a long life":   object(nil, claims{"exp": now + 300}),
		"no nbf":        object(nil, claims{"nbf": nil}),
		"no jti":        object(nil, claims{"jti": nil}),
		"no client_id":  object(nil, claims{"client_id": nil}),
		"sub":           object(nil, claims{"sub": clientOf(h.box, file)}),
		"another's key": object(claims{"kid": "x"}, nil),
		"no JWT":        "x",
	} {
		if r := push(request); r.status != 400 || r.text("error") != "invalid_request_object" {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	if r := push(object(nil, claims{"scope": "openid nhn:other"})); r.text("error") != "invalid_scope" {
		t.Errorf("what is inside is not looked at: %s", r.raw)
	}
}

func TestFAPILoginRefuses(t *testing.T) {
	h := newHolder(shared(t))
	for name, tt := range map[string]struct {
		pairs []string
		code  string
	}{
		"plain":            {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"no challenge":     {[]string{"code_challenge", ""}, "invalid_request"},
		"implicit":         {[]string{"response_type", "token"}, "unsupported_response_type"},
		"foreign redirect": {[]string{"redirect_uri", "https://evil.example/callback"}, "invalid_request"},
		"other path":       {[]string{"redirect_uri", "http://127.0.0.1:4711/x"}, "invalid_request"},
		"no openid":        {[]string{"scope", "cppa/access"}, "invalid_scope"},
		"foreign scope":    {[]string{"scope", "openid nhn:other"}, "invalid_scope"},
		"nested":           {[]string{"request_uri", "urn:x"}, "invalid_request"},
		"no client":        {[]string{"client_assertion", ""}, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			h := &holder{&box{h.Sandbox, t}, h.key, h.jwk}
			refused(t, h.ask(fapiPAR, "helseid-login.json", loginParams(tt.pairs...)...), 400, tt.code, "")
		})
	}
	direct := maps.Clone(values(loginParams()...))
	direct.Set("client_id", clientOf(h.box, "helseid-login.json"))
	if r := h.get("/helseid-fapi/connect/authorize?"+direct.Encode(), nil); r.status != http.StatusBadRequest {
		t.Errorf("without PAR: %d", r.status)
	}
	pushed := h.ask(fapiPAR, "helseid-login.json", loginParams()...).text("request_uri")
	open := func(id string) int {
		return h.get("/helseid-fapi/connect/authorize?"+values("client_id", id, "request_uri", pushed).Encode(), nil).status
	}
	id := clientOf(h.box, "helseid-login.json")
	if first, second := open(id), open(id); first != http.StatusOK || second != http.StatusBadRequest {
		t.Errorf("a request_uri used twice: %d %d", first, second)
	}
	for name, pairs := range map[string][]string{
		"wrong verifier": {"code_verifier", verifier + "x"},
		"no verifier":    {"code_verifier", ""},
		"other redirect": {"redirect_uri", "http://127.0.0.1:1/callback"},
		"no redirect":    {"redirect_uri", ""},
		"unknown code":   {"code", "x"},
	} {
		code := click(h.box, h.pushed(), "login").Query().Get("code")
		if r := h.redeem(code, pairs...); r.text("error") != "invalid_grant" {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	code := click(h.box, h.pushed(), "login").Query().Get("code")
	if r := newHolder(h.box).redeem(code); r.text("error") != "invalid_grant" {
		t.Errorf("the code of another DPoP key: %d %s", r.status, r.raw)
	}
	if r := h.pushed("prompt", "none"); !strings.Contains(r.header.Get("Location"), "error=login_required") {
		t.Errorf("prompt=none: %d %s", r.status, r.header.Get("Location"))
	}
	if q := click(h.box, h.pushed(), "cancel").Query(); q.Get("error") != "access_denied" || q.Get("iss") == "" {
		t.Errorf("cancelled: %v", q)
	}
}
