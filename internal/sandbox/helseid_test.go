package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	helseidToken = "/helseid/connect/token"
	helseidFile  = "helseid-selvbetjening.json"
)

// clientOf is the client id in a Selvbetjening file.
func clientOf(b *box, file string) string {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.Dir(), file))
	if err != nil {
		b.t.Fatal(err)
	}
	var conf struct{ ClientID string }
	if err := json.Unmarshal(data, &conf); err != nil {
		b.t.Fatal(err)
	}
	return conf.ClientID
}

func legacyAssertion(b *box) (header, body claims) {
	id, now := clientOf(b, helseidFile), time.Now().Unix()
	return claims{"typ": "JWT", "kid": b.key(helseidFile).KID}, claims{
		"iss": id, "sub": id, "aud": b.URL + helseidToken, "iat": now, "nbf": now, "exp": now + 60, "jti": jti(),
	}
}

func legacyForm(assertion string) url.Values {
	return values("grant_type", "client_credentials", "scope", "nhn:cppa/access",
		"client_assertion_type", assertionType, "client_assertion", assertion)
}

func TestHelseIDOneCall(t *testing.T) {
	b := shared(t)
	header, body := legacyAssertion(b)
	key := b.key(helseidFile)
	r := b.must(b.form(helseidToken, nil, but(legacyForm(sign(t, key, "RS512", header, body)), "client_id", body["iss"].(string))))
	if r.text("token_type") != "Bearer" {
		t.Errorf("token_type %q", r.text("token_type"))
	}
	auth := r.bearer()
	b.must(b.get("/helseid/api/ping", auth))
	second := b.get("/helseid/api/ping", auth)
	if second.status != http.StatusUnauthorized || second.raw != "" || !strings.Contains(second.header.Get("WWW-Authenticate"), `error="invalid_token"`) {
		t.Errorf("a second call with one token: %d %q %q", second.status, second.raw, second.header.Get("WWW-Authenticate"))
	}
}

func TestHelseIDSubOrganisation(t *testing.T) {
	b := shared(t)
	header, body := legacyAssertion(b)
	role := claims{"organization": claims{"identifier": claims{"system": "urn:oid:1.0.6523", "type": "ENH", "value": "NO:ORGNR:1:2"}}}
	details := claims{"type": "helseid_authorization", "practitioner_role": role}
	for name, shape := range map[string]any{"object": details, "array": []any{details}} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			r := b.must(b.form(helseidToken, nil, legacyForm(sign(t, b.key(helseidFile), "RS512", header, with(body, claims{"jti": jti(), "assertion_details": shape})))))
			me := b.must(b.get("/helseid/api/me", r.bearer()))
			if !strings.Contains(me.raw, "NO:ORGNR:1:2") {
				t.Errorf("the token does not stand for the sub-organisation: %s", me.raw)
			}
		})
	}
}

func TestHelseIDRefuses(t *testing.T) {
	b := shared(t)
	key, foreign := b.key(helseidFile), b.key("klg-key.pem")
	header, body := legacyAssertion(b)
	now := time.Now().Unix()
	for name, tt := range map[string]struct {
		alg     string
		header  claims
		body    claims
		foreign bool
		form    []string
		code    string
	}{
		"RS256":          {alg: "RS256", code: "invalid_client"},
		"PS512":          {alg: "PS512", code: "invalid_client"},
		"typ of today":   {header: claims{"typ": "client-authentication+jwt"}, code: "invalid_client"},
		"no kid":         {header: claims{"kid": nil}, code: "invalid_client"},
		"foreign key":    {foreign: true, code: "invalid_client"},
		"other iss":      {body: claims{"iss": "x"}, code: "invalid_client"},
		"other sub":      {body: claims{"sub": "x"}, code: "invalid_client"},
		"aud issuer":     {body: claims{"aud": b.URL + "/helseid"}, code: "invalid_client"},
		"aud array":      {body: claims{"aud": []string{b.URL + helseidToken}}, code: "invalid_client"},
		"65 s":           {body: claims{"exp": now + 65}, code: "invalid_client"},
		"no iat, 75 s":   {body: claims{"iat": nil, "exp": now + 75}, code: "invalid_client"},
		"expired":        {body: claims{"iat": now - 90, "nbf": now - 90, "exp": now - 30}, code: "invalid_client"},
		"from tomorrow":  {body: claims{"iat": now + 86400, "nbf": now + 86400, "exp": now + 86430}, code: "invalid_client"},
		"no exp":         {body: claims{"exp": nil}, code: "invalid_client"},
		"no jti":         {body: claims{"jti": nil}, code: "invalid_client"},
		"other client":   {form: []string{"client_id", "x"}, code: "invalid_client"},
		"no type":        {form: []string{"client_assertion_type", ""}, code: "invalid_client"},
		"other grant":    {form: []string{"grant_type", "authorization_code"}, code: "unsupported_grant_type"},
		"other scope":    {form: []string{"scope", "nhn:cppa/access-with-dpop"}, code: "invalid_scope"},
		"no scope":       {form: []string{"scope", ""}, code: "invalid_scope"},
		"secret instead": {form: []string{"client_assertion", "", "client_secret", "x"}, code: "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			b, k, alg := &box{b.Sandbox, t}, key, "RS512"
			if tt.foreign {
				k = foreign
			}
			if tt.alg != "" {
				alg = tt.alg
			}
			fresh := with(body, claims{"jti": jti()})
			r := b.form(helseidToken, nil, but(legacyForm(sign(t, k, alg, with(header, tt.header), with(fresh, tt.body))), tt.form...))
			refused(t, r, http.StatusBadRequest, tt.code, "")
		})
	}
	once := legacyForm(sign(t, key, "RS512", header, body))
	b.must(b.form(helseidToken, nil, once))
	refused(t, b.form(helseidToken, nil, once), http.StatusBadRequest, "invalid_client", "")
}
