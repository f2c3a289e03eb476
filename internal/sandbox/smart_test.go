package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const smartToken = "/smart/auth/token"

func smartAsk(b *box, key, alg string, header, body claims, pairs ...string) reply {
	b.t.Helper()
	all := with(claims{"iss": "smart-backend", "sub": "smart-backend", "aud": b.URL + smartToken, "exp": time.Now().Unix() + 300, "jti": jti()}, body)
	return b.form(smartToken, nil, but(values("grant_type", "client_credentials", "scope", "system/*.rs", "client_assertion_type", assertionType,
		"client_assertion", sign(b.t, b.key(key), alg, with(claims{"typ": "JWT", "kid": alg}, header), all)), pairs...))
}

func TestSMARTBackend(t *testing.T) {
	b := shared(t)
	conf := b.must(b.get("/smart/fhir/.well-known/smart-configuration", nil))
	if conf.text("token_endpoint") != b.URL+smartToken || conf.json["issuer"] != nil || conf.json["capabilities"] == nil {
		t.Errorf("%s", conf.raw)
	}
	for alg, header := range map[string]claims{"ES384": nil, "RS384": {"jku": b.URL + "/smart/backend/jwks.json"}} {
		r := b.must(smartAsk(b, "smart-"+strings.ToLower(alg)+".pem", alg, header, nil, "scope", "system/*.rs system/*.cud"))
		if r.text("scope") != "system/*.rs" || r.text("token_type") != "bearer" || r.json["expires_in"] != 300.0 {
			t.Errorf("%s: %s", alg, r.raw)
		}
		b.must(b.get("/smart/api/ping", r.bearer()))
	}
}

func TestSMARTBackendRefuses(t *testing.T) {
	b := shared(t)
	now := time.Now().Unix()
	for name, tt := range map[string]struct {
		key, alg     string
		header, body claims
		form         []string
		code         string
	}{
		"RS256":         {key: "smart-rs384.pem", alg: "RS256"},
		"RS256, kid":    {key: "smart-rs384.pem", alg: "RS256", header: claims{"kid": "RS384"}},
		"no kid":        {header: claims{"kid": nil}},
		"no typ":        {header: claims{"typ": nil}},
		"other jku":     {header: claims{"jku": "https://evil.example/jwks"}},
		"other key":     {key: "klg-key.pem", alg: "RS384"},
		"other iss":     {body: claims{"iss": "x"}},
		"other sub":     {body: claims{"sub": "x"}},
		"aud FHIR base": {body: claims{"aud": b.URL + "/smart/fhir"}},
		"aud array":     {body: claims{"aud": []string{b.URL + smartToken}}},
		"no exp":        {body: claims{"exp": nil}},
		"expired":       {body: claims{"exp": now - 1}},
		"310 s":         {body: claims{"exp": now + 310}},
		"no jti":        {body: claims{"jti": nil}},
		"no type":       {form: []string{"client_assertion_type", ""}},
		"person's":      {form: []string{"scope", "patient/*.rs"}, code: "invalid_scope"},
		"version 1":     {form: []string{"scope", "system/*.read"}, code: "invalid_scope"},
		"no scope":      {form: []string{"scope", ""}, code: "invalid_scope"},
		"other grant":   {form: []string{"grant_type", "password"}, code: "unsupported_grant_type"},
	} {
		t.Run(name, func(t *testing.T) {
			key, alg, code := "smart-es384.pem", "ES384", "invalid_client"
			if tt.key != "" {
				key, alg = tt.key, tt.alg
			}
			if tt.code != "" {
				code = tt.code
			}
			refused(t, smartAsk(&box{b.Sandbox, t}, key, alg, tt.header, tt.body, tt.form...), 400, code, "")
		})
	}
	once := claims{"jti": jti()}
	b.must(smartAsk(b, "smart-es384.pem", "ES384", nil, once))
	refused(t, smartAsk(b, "smart-es384.pem", "ES384", nil, once), 400, "invalid_client", "jti was used before")
}

func smartLogin(b *box, pairs ...string) reply {
	return b.get("/smart/auth/authorize?"+but(values("response_type", "code", "client_id", "smart-app", "redirect_uri", callback, "state", "st",
		"nonce", "no", "aud", b.URL+"/smart/fhir", "scope", "launch/patient openid fhirUser offline_access patient/*.rs patient/*.cud",
		"code_challenge", challenge(verifier), "code_challenge_method", "S256"), pairs...).Encode(), nil)
}

func smartRedeem(b *box, code string, pairs ...string) reply {
	return b.form(smartToken, nil, but(values("grant_type", "authorization_code", "client_id", "smart-app", "code", code,
		"code_verifier", verifier, "redirect_uri", callback), pairs...))
}

func TestSMARTLogin(t *testing.T) {
	b := shared(t)
	r := b.must(smartRedeem(b, click(b, smartLogin(b), "login").Query().Get("code")))
	for _, name := range []string{"patient", "encounter", "id_token"} {
		if r.text(name) == "" {
			t.Errorf("no %s: %s", name, r.raw)
		}
	}
	if scope := r.text("scope"); scope != "launch/patient openid fhirUser offline_access patient/*.rs" {
		t.Errorf("scope %q", scope)
	}
	again := b.must(b.form(smartToken, nil, values("grant_type", "refresh_token", "client_id", "smart-app", "refresh_token", r.text("refresh_token"))))
	b.must(b.get("/smart/api/ping", again.bearer()))
	for name, pairs := range map[string][]string{
		"no aud": {"aud", ""}, "other aud": {"aud", "https://evil.example"}, "no state": {"state", ""}, "plain": {"code_challenge_method", "plain"},
		"no challenge": {"code_challenge", ""}, "implicit": {"response_type", "token"}, "no scope": {"scope", "x"},
	} {
		if l := smartLogin(b, pairs...); l.status != http.StatusFound || !strings.Contains(l.header.Get("Location"), "error=") {
			t.Errorf("%s: %d %s", name, l.status, l.header.Get("Location"))
		}
	}
	for name, pairs := range map[string][]string{"client": {"client_id", "x"}, "redirect": {"redirect_uri", "https://evil.example"}} {
		if l := smartLogin(b, pairs...); l.status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, l.status)
		}
	}
	twice := b.get("/smart/auth/authorize?"+values("client_id", "smart-app", "client_id", "smart-app", "redirect_uri", callback).Encode(), nil)
	if twice.status != http.StatusBadRequest || !strings.Contains(twice.raw, "client_id is repeated") {
		t.Errorf("client_id twice: %d %s", twice.status, twice.raw)
	}
	for name, pairs := range map[string][]string{"verifier": {"code_verifier", verifier + "x"}, "redirect": {"redirect_uri", ""}, "code": {"code", "x"}} {
		code := click(b, smartLogin(b), "login").Query().Get("code")
		if l := smartRedeem(b, code, pairs...); l.text("error") != "invalid_grant" {
			t.Errorf("%s: %s", name, l.raw)
		}
	}
	refused(t, smartRedeem(b, "x", "client_id", "other"), 400, "invalid_client", "")
}
