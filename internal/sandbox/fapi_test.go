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
