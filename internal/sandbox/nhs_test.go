package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	nhsToken = "/nhs/oauth2/token"
	nhsKey   = "kV9sandboxAPIkey0000000000000001"
)

func nhsAsk(b *box, key, alg string, header, body claims, pairs ...string) reply {
	b.t.Helper()
	now := time.Now().Unix()
	head := with(claims{"typ": "JWT", "kid": "test-1"}, header)
	all := with(claims{"iss": nhsKey, "sub": nhsKey, "aud": b.URL + nhsToken, "exp": now + 300, "jti": jti()}, body)
	return b.form(nhsToken, nil, but(values("grant_type", "client_credentials", "client_assertion_type", assertionType,
		"client_assertion", sign(b.t, b.key(key), alg, head, all)), pairs...))
}

func nhsExchange(subject string) []string {
	return []string{
		"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
		"subject_token_type", "urn:ietf:params:oauth:token-type:id_token", "subject_token", subject,
	}
}

func TestNHSGrants(t *testing.T) {
	b := shared(t)
	for name, pairs := range map[string][]string{
		"application": nil,
		"CIS2":        nhsExchange(b.get("/nhs/cis2/id_token", nil).raw),
		"NHS login":   nhsExchange(b.get("/nhs/login/id_token", nil).raw),
	} {
		r := b.must(nhsAsk(b, "nhs-key.pem", "RS512", nil, nil, pairs...))
		if r.text("expires_in") != "599" || r.text("token_type") != "Bearer" || (pairs != nil) != (r.text("issued_token_type") != "") {
			t.Errorf("%s: %s", name, r.raw)
		}
		b.must(b.get("/nhs/api/ping", r.bearer()))
	}
}

func TestNHSRefuses(t *testing.T) {
	b := shared(t)
	now := time.Now().Unix()
	for name, tt := range map[string]struct {
		key, alg     string
		header, body claims
		form         []string
		status       int
		says         string
	}{
		"RS256":            {alg: "RS256", status: 400, says: "must be 'RS512'"},
		"no kid":           {header: claims{"kid": nil}, status: 400, says: "Missing 'kid' header in client_assertion JWT"},
		"other kid":        {header: claims{"kid": "x"}, status: 401, says: "no matching public key"},
		"other typ":        {header: claims{"typ": "x"}, status: 400, says: "Invalid 'typ' header"},
		"iss is not sub":   {body: claims{"sub": "x"}, status: 400, says: "Missing or non-matching 'iss'/'sub'"},
		"no iss":           {body: claims{"iss": nil}, status: 400, says: "Missing or non-matching 'iss'/'sub'"},
		"other API key":    {body: claims{"iss": "x", "sub": "x"}, status: 401, says: "Invalid 'iss'/'sub' claims"},
		"aud issuer":       {body: claims{"aud": b.URL + "/nhs/oauth2"}, status: 401, says: "Missing or invalid 'aud' claim"},
		"aud array":        {body: claims{"aud": []string{b.URL + nhsToken}}, status: 401, says: "Missing or invalid 'aud' claim"},
		"no exp":           {body: claims{"exp": nil}, status: 400, says: "Missing 'exp' claim"},
		"exp a string":     {body: claims{"exp": "1"}, status: 400, says: "must be an integer"},
		"expired":          {body: claims{"exp": now - 1}, status: 400, says: "JWT has expired"},
		"over 5 minutes":   {body: claims{"exp": now + 310}, status: 400, says: "more than 5 minutes in future"},
		"no jti":           {body: claims{"jti": nil}, status: 400, says: "Missing 'jti' claim"},
		"jti a number":     {body: claims{"jti": 1}, status: 400, says: "must be a unique string"},
		"no type":          {form: []string{"client_assertion_type", ""}, status: 400, says: "Missing or invalid client_assertion_type"},
		"no assertion":     {form: []string{"client_assertion", ""}, status: 400, says: "Missing client_assertion"},
		"not a JWT":        {form: []string{"client_assertion", "x"}, status: 400, says: "Malformed JWT in client_assertion"},
		"no grant":         {form: []string{"grant_type", ""}, status: 400, says: "grant_type is missing"},
		"other grant":      {form: []string{"grant_type", "password"}, status: 400, says: "grant_type is invalid"},
		"other token type": {form: append(nhsExchange("x"), "subject_token_type", "x"), status: 400, says: "subject_token_type"},
		"no subject":       {form: nhsExchange(""), status: 400, says: "Missing subject_token"},
		"odd subject":      {form: nhsExchange("x"), status: 400, says: "Malformed JWT in subject_token"},
		"old subject":      {form: nhsExchange(b.get("/nhs/cis2/id_token?expires_in=-1", nil).raw), status: 400, says: "Invalid 'exp' claim in subject_token JWT - JWT has expired"},
	} {
		t.Run(name, func(t *testing.T) {
			alg := "RS512"
			if tt.alg != "" {
				alg = tt.alg
			}
			r := nhsAsk(&box{b.Sandbox, t}, "nhs-key.pem", alg, tt.header, tt.body, tt.form...)
			refused(t, r, tt.status, "invalid_request", tt.says)
			if r.text("message_id") == "" {
				t.Error("no message_id")
			}
		})
	}
	refused(t, nhsAsk(b, "klg-key.pem", "RS512", nil, nil), http.StatusUnauthorized, "public_key error", "JWT signature verification failed")
	once := claims{"jti": jti()}
	b.must(nhsAsk(b, "nhs-key.pem", "RS512", nil, once))
	refused(t, nhsAsk(b, "nhs-key.pem", "RS512", nil, once), 400, "invalid_request", "Non-unique 'jti' claim")
	cis2, err := core.ParseJWS(b.get("/nhs/cis2/id_token", nil).raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		kid    string
		body   claims
		status int
		code   string
		says   string
	}{
		"no iss":    {cis2.Kid(), claims{"iss": nil}, 400, "invalid_request", "Missing 'iss' claim in subject_token JWT"},
		"no aud":    {cis2.Kid(), claims{"aud": nil}, 401, "invalid_request", "Missing 'aud' claim in subject_token JWT"},
		"other kid": {"x", nil, 401, "invalid_request", "in subject_token JWT - no matching public key"},
		"other key": {cis2.Kid(), nil, 401, "public_key error", "JWT signature verification failed"},
	} {
		body := with(claims{"iss": b.URL + "/nhs/cis2", "aud": "a", "sub": "s", "exp": now + 60}, tt.body)
		forged := sign(t, b.key("nhs-key.pem"), "RS256", claims{"typ": "JWT", "kid": tt.kid}, body)
		t.Log(name)
		refused(t, nhsAsk(b, "nhs-key.pem", "RS512", nil, nil, nhsExchange(forged)...), tt.status, tt.code, tt.says)
	}
}
