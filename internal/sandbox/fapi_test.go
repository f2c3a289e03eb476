package sandbox_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/keys"
	"authctl/internal/sandbox/core"
)

const (
	fapiToken = "/helseid-fapi/connect/token"
	fapiPAR   = "/helseid-fapi/connect/par"
	callback  = "http://127.0.0.1:4711/callback"
)

// holder has a DPoP key.
type holder struct {
	*box
	key *keys.Key
	jwk claims
}

func newHolder(b *box) *holder {
	b.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	jwk := core.PrivateJWK(key, "", "")
	return &holder{b, &keys.Key{Signer: key, Public: key.Public()}, claims{"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]}}
}

// proof is a DPoP proof with changes in header and claims.
func (h *holder) proof(method, url string, header, body claims) string {
	h.t.Helper()
	return sign(h.t, h.key, "ES256", with(claims{"typ": "dpop+jwt", "jwk": h.jwk}, header),
		with(claims{"htm": method, "htu": url, "iat": time.Now().Unix(), "jti": jti()}, body))
}

// assertion is today's client assertion of a client's file, with changes.
func (h *holder) assertion(file string, header, body claims) url.Values {
	h.t.Helper()
	id, now, key := clientOf(h.box, file), time.Now().Unix(), h.box.key(file)
	return values("client_id", id, "client_assertion_type", assertionType, "client_assertion",
		sign(h.t, key, "ES256", with(claims{"typ": "client-authentication+jwt", "kid": key.KID}, header),
			with(claims{"iss": id, "sub": id, "aud": h.URL + "/helseid-fapi", "iat": now, "nbf": now, "exp": now + 60, "jti": jti()}, body)))
}

// ask posts to a DPoP endpoint, once more when a nonce is asked for.
func (h *holder) ask(path, file string, pairs ...string) reply {
	h.t.Helper()
	nonce := claims{}
	for {
		r := h.form(path, map[string]string{"DPoP": h.proof("POST", h.URL+path, nil, nonce)}, but(h.assertion(file, nil, nil), pairs...))
		if r.text("error") != "use_dpop_nonce" || len(nonce) > 0 {
			return r
		}
		nonce = claims{"nonce": r.header.Get("DPoP-Nonce")}
	}
}

func (h *holder) machine() reply {
	h.t.Helper()
	return h.ask(fapiToken, "helseid-dpop.json", "grant_type", "client_credentials", "scope", "nhn:cppa/access-with-dpop")
}

func ath(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestFAPIGrants(t *testing.T) {
	h := newHolder(shared(t))
	r := h.must(h.machine())
	if r.text("token_type") != "DPoP" || r.header.Get("DPoP-Nonce") == "" {
		t.Errorf("token_type %q, DPoP-Nonce %q", r.text("token_type"), r.header.Get("DPoP-Nonce"))
	}
	token, ping := r.text("access_token"), h.URL+"/helseid-fapi/api/ping"
	call := func(proof string) reply {
		return h.get("/helseid-fapi/api/ping", map[string]string{"Authorization": "DPoP " + token, "DPoP": proof})
	}
	first := call(h.proof("GET", ping, nil, claims{"ath": ath(token)}))
	if first.status != http.StatusUnauthorized || !strings.Contains(first.header.Get("WWW-Authenticate"), `error="use_dpop_nonce"`) {
		t.Fatalf("without a nonce of the API: %d %s", first.status, first.header.Get("WWW-Authenticate"))
	}
	good := claims{"ath": ath(token), "nonce": first.header.Get("DPoP-Nonce")}
	proof := h.proof("GET", ping, nil, good)
	h.must(call(proof))
	for name, tt := range map[string]reply{
		"replayed":      call(proof),
		"no ath":        call(h.proof("GET", ping, nil, with(good, claims{"ath": nil}))),
		"other ath":     call(h.proof("GET", ping, nil, with(good, claims{"ath": ath("x")}))),
		"other method":  call(h.proof("POST", ping, nil, good)),
		"other URL":     call(h.proof("GET", ping+"x", nil, good)),
		"old":           call(h.proof("GET", ping, nil, with(good, claims{"iat": time.Now().Add(-time.Hour).Unix()}))),
		"server nonce":  call(h.proof("GET", ping, nil, with(good, claims{"nonce": r.header.Get("DPoP-Nonce")}))),
		"another key":   call(newHolder(h.box).proof("GET", ping, nil, good)),
		"bearer scheme": h.get("/helseid-fapi/api/ping", map[string]string{"Authorization": "Bearer " + token, "DPoP": h.proof("GET", ping, nil, good)}),
		"no proof":      h.get("/helseid-fapi/api/ping", map[string]string{"Authorization": "DPoP " + token}),
	} {
		if tt.status != http.StatusUnauthorized || tt.raw != "" || !strings.HasPrefix(tt.header.Get("WWW-Authenticate"), "DPoP error=") {
			t.Errorf("%s: %d %s", name, tt.status, tt.header.Get("WWW-Authenticate"))
		}
	}
	h.must(call(h.proof("GET", ping, nil, good))) // none of them spent the token
}

func TestFAPIRefusesAssertions(t *testing.T) {
	h := newHolder(shared(t))
	now := time.Now().Unix()
	send := func(form url.Values) reply {
		return h.form(fapiToken, map[string]string{"DPoP": h.proof("POST", h.URL+fapiToken, nil, nil)},
			but(form, "grant_type", "client_credentials", "scope", "nhn:cppa/access-with-dpop"))
	}
	for name, tt := range map[string]struct{ header, body claims }{
		"aud token URL": {nil, claims{"aud": h.URL + fapiToken}},
		"aud array":     {nil, claims{"aud": []string{h.URL + "/helseid-fapi"}}},
		"typ JWT":       {claims{"typ": "JWT"}, nil},
		"no typ":        {claims{"typ": nil}, nil},
		"no kid":        {claims{"kid": nil}, nil},
		"61 s and more": {nil, claims{"exp": now + 75}},
		"expired":       {nil, claims{"iat": now - 120, "nbf": now - 120, "exp": now - 60}},
		"no jti":        {nil, claims{"jti": nil}},
		"other iss":     {nil, claims{"iss": "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := &holder{&box{h.Sandbox, t}, h.key, h.jwk}
			refused(t, send(h.assertion("helseid-dpop.json", tt.header, tt.body)), 400, "invalid_client", "")
		})
	}
	// The request for a nonce has spent the assertion: the retry needs a new one.
	same := h.assertion("helseid-dpop.json", nil, nil)
	refused(t, send(same), 400, "use_dpop_nonce", "")
	refused(t, send(same), 400, "invalid_client", "")
}

func TestFAPIRefusesProofs(t *testing.T) {
	h := newHolder(shared(t))
	nonce := h.must(h.machine()).header.Get("DPoP-Nonce")
	private := with(h.jwk, claims{"d": "AA"})
	for name, tt := range map[string]struct {
		header, body claims
		code         string
	}{
		"other typ":    {claims{"typ": "JWT"}, nil, "invalid_dpop_proof"},
		"no jwk":       {claims{"jwk": nil}, nil, "invalid_dpop_proof"},
		"private jwk":  {claims{"jwk": private}, nil, "invalid_dpop_proof"},
		"foreign jwk":  {claims{"jwk": newHolder(h.box).jwk}, nil, "invalid_dpop_proof"},
		"GET":          {nil, claims{"htm": "GET"}, "invalid_dpop_proof"},
		"other URL":    {nil, claims{"htu": h.URL}, "invalid_dpop_proof"},
		"no jti":       {nil, claims{"jti": nil}, "invalid_dpop_proof"},
		"old":          {nil, claims{"iat": time.Now().Add(-time.Hour).Unix()}, "invalid_dpop_proof"},
		"no iat":       {nil, claims{"iat": nil}, "invalid_dpop_proof"},
		"no nonce":     {nil, claims{"nonce": nil}, "use_dpop_nonce"},
		"its own":      {nil, claims{"nonce": "x"}, "use_dpop_nonce"},
		"unsigned alg": {claims{"alg": "none"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := &holder{&box{h.Sandbox, t}, h.key, h.jwk}
			form := but(h.assertion("helseid-dpop.json", nil, nil), "grant_type", "client_credentials", "scope", "nhn:cppa/access-with-dpop")
			body := claims{"nonce": nonce}
			maps.Copy(body, tt.body)
			proof := h.proof("POST", h.URL+fapiToken, tt.header, body)
			if tt.code == "" { // jwt.Sign keeps its own alg: rewrite the header
				head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"dpop+jwt"}`))
				proof, tt.code = head+proof[strings.Index(proof, "."):], "invalid_dpop_proof"
			}
			refused(t, h.form(fapiToken, map[string]string{"DPoP": proof}, form), 400, tt.code, "")
		})
	}
	form := but(h.assertion("helseid-dpop.json", nil, nil), "grant_type", "client_credentials", "scope", "nhn:cppa/access-with-dpop")
	refused(t, h.form(fapiToken, nil, form), 400, "invalid_dpop_proof", "DPoP header")
}

func TestFAPIForgetsNonces(t *testing.T) {
	h := newHolder(shared(t))
	nonce := claims{"nonce": h.must(h.machine()).header.Get("DPoP-Nonce")}
	ask := func() reply {
		return h.form(fapiToken, map[string]string{"DPoP": h.proof("POST", h.URL+fapiToken, nil, nonce)},
			but(h.assertion("helseid-dpop.json", nil, nil), "grant_type", "client_credentials", "scope", "nhn:cppa/access-with-dpop"))
	}
	h.must(ask())
	h.send(http.MethodPost, "/_sandbox/forget-nonces", nil, "")
	refused(t, ask(), 400, "use_dpop_nonce", "")
}

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
	h.must(h.ask(fapiToken, "helseid-login.json", "grant_type", "refresh_token", "refresh_token", refresh))
	refused(t, h.ask(fapiToken, "helseid-login.json", "grant_type", "refresh_token", "refresh_token", refresh), 400, "invalid_grant", "")
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
	if q := click(h.box, h.pushed(), "cancel").Query(); q.Get("error") != "access_denied" || q.Get("iss") == "" {
		t.Errorf("cancelled: %v", q)
	}
}
