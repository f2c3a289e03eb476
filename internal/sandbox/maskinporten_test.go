package sandbox_test

import (
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	maskinportenToken  = "/maskinporten/token"
	maskinportenClient = "7b1b2b0e-6a0c-4f0e-9a57-3f1f6f2d9c11"
	jwtBearer          = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

func maskinportenGrant(b *box) (header, body claims) {
	now := time.Now().Unix()
	return claims{"kid": "this-year"}, claims{
		"aud": b.URL + "/maskinporten/", "iss": maskinportenClient, "scope": "sandbox:read", "iat": now, "exp": now + 120, "jti": jti(),
	}
}

// x5c is a chain of the certificate in that file of the sandbox.
func x5c(b *box, file string) []string {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.Dir(), file))
	if err != nil {
		b.t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	return []string{base64.StdEncoding.EncodeToString(block.Bytes)}
}

func maskinportenAsk(b *box, key, alg string, header, body claims, pairs ...string) reply {
	b.t.Helper()
	grant := sign(b.t, b.key(key), alg, header, body)
	return b.form(maskinportenToken, nil, but(values("grant_type", jwtBearer, "assertion", grant), pairs...))
}

func TestMaskinportenGrants(t *testing.T) {
	b := shared(t)
	header, body := maskinportenGrant(b)
	byCertificate := claims{"x5c": x5c(b, "maskinporten-cert.pem")}
	details := []any{claims{"type": "urn:altinn:systemuser", "systemuser_org": claims{"ID": "0192:910753614"}}}
	for name, tt := range map[string]struct {
		alg          string
		header, body claims
		says         string // in the claims of the token
	}{
		"kid":                   {"RS256", header, claims{}, `"client_amr":"private_key_jwt"`},
		"RS384":                 {"RS384", header, claims{}, `"ID":"0192:314159265"`},
		"RS512":                 {"RS512", header, claims{"scope": "sandbox:read sandbox:write"}, `"scope":"sandbox:read sandbox:write"`},
		"x5c":                   {"RS256", byCertificate, claims{}, `"client_amr":"virksomhetssertifikat"`},
		"no jti":                {"RS256", header, claims{"jti": nil}, ""},
		"resource":              {"RS256", header, claims{"resource": "https://api.example"}, `"aud":"https://api.example"`},
		"resources":             {"RS256", header, claims{"resource": []string{"https://api.example"}}, `"aud":["https://api.example"]`},
		"consumer_org":          {"RS256", header, claims{"consumer_org": "910753614"}, `"supplier":{"ID":"0192:314159265"`},
		"authorization_details": {"RS256", header, claims{"authorization_details": details}, `"systemuser_org"`},
		"a clock 9 s ahead":     {"RS256", header, claims{"iat": time.Now().Unix() + 9, "exp": time.Now().Unix() + 129}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			r := b.must(maskinportenAsk(b, "maskinporten-key.pem", tt.alg, tt.header, with(with(body, claims{"jti": jti()}), tt.body)))
			if r.json["expires_in"] != 599.0 || r.text("token_type") != "Bearer" || !strings.HasPrefix(r.text("scope"), "sandbox:read") {
				t.Errorf("the answer is not the page's: %s", r.raw)
			}
			me := b.must(b.get("/maskinporten/api/me", r.bearer()))
			if !strings.Contains(me.raw, tt.says) {
				t.Errorf("the token does not say %s: %s", tt.says, me.raw)
			}
		})
	}
}

func TestMaskinportenRefuses(t *testing.T) {
	b := shared(t)
	header, body := maskinportenGrant(b)
	now := time.Now().Unix()
	failed := "Invalid assertion. Client authentication failed."
	for name, tt := range map[string]struct {
		key, alg     string
		header, body claims
		form         []string
		status       int
		code         string
		says         string
		number       string // of error_uri
	}{
		"nbf":              {body: claims{"nbf": now}, code: "invalid_request", says: "Invalid assertion.", number: "MP-011"},
		"sub":              {body: claims{"sub": maskinportenClient}, code: "invalid_request", says: "Invalid assertion.", number: "MP-011"},
		"unknown client":   {body: claims{"iss": "x"}, says: failed + " Client not found.", number: "MP-100"},
		"PS256":            {alg: "PS256", says: failed, number: "MP-100"},
		"no kid, no x5c":   {header: claims{"kid": nil}, says: "no key identifier (kid) provided", number: "MP-100"},
		"kid and x5c":      {header: claims{"x5c": x5c(b, "maskinporten-cert.pem")}, says: failed, number: "MP-100"},
		"x5c a string":     {header: claims{"kid": nil, "x5c": x5c(b, "maskinporten-cert.pem")[0]}, says: "Invalid JWT header x5c", number: "MP-123"},
		"x5c base64url":    {header: claims{"kid": nil, "x5c": []string{"_-_-"}}, says: "Invalid JWT header x5c", number: "MP-123"},
		"x5c of another":   {header: claims{"kid": nil, "x5c": x5c(b, "klg-cert.pem")}, says: "signed with an invalid certificate", number: "MP-120"},
		"x5c, other key":   {key: "klg-key.pem", header: claims{"kid": nil, "x5c": x5c(b, "maskinporten-cert.pem")}, says: "Invalid JWT signature", number: "MP-124"},
		"unknown kid":      {header: claims{"kid": "x"}, says: failed, number: "MP-100"},
		"expired key":      {header: claims{"kid": "last-year"}, says: failed + " Expired key.", number: "MP-121"},
		"other key":        {key: "klg-key.pem", says: "Invalid JWT signature", number: "MP-124"},
		"aud, no slash":    {body: claims{"aud": b.URL + "/maskinporten"}, says: failed + " Invalid JWT claim aud.", number: "MP-110"},
		"aud token URL":    {body: claims{"aud": b.URL + maskinportenToken}, says: "Invalid JWT claim aud", number: "MP-110"},
		"aud array":        {body: claims{"aud": []string{b.URL + "/maskinporten/"}}, says: "Invalid JWT claim aud", number: "MP-110"},
		"no iat":           {body: claims{"iat": nil}, says: failed, number: "MP-100"},
		"no exp":           {body: claims{"exp": nil}, says: failed, number: "MP-100"},
		"121 s":            {body: claims{"exp": now + 121}, says: failed, number: "MP-100"},
		"from tomorrow":    {body: claims{"iat": now + 86400, "exp": now + 86500}, says: "Issue time is after now"},
		"expired":          {body: claims{"iat": now - 121, "exp": now - 1}, says: "JWT is expired", number: "MP-130"},
		"jti a number":     {body: claims{"jti": 1}, code: "invalid_request", number: "MP-011"},
		"other scope":      {body: claims{"scope": "sandbox:read x"}, code: "invalid_scope", says: "Token request contains invalid scopes for client", number: "MP-200"},
		"no scope":         {body: claims{"scope": nil}, code: "invalid_scope", number: "MP-200"},
		"resource object":  {body: claims{"resource": claims{}}, code: "invalid_request", number: "MP-011"},
		"own consumer_org": {body: claims{"consumer_org": "314159265"}, code: "invalid_request", says: "The combination consumer_org in claim"},
		"odd consumer_org": {body: claims{"consumer_org": "0192:1"}, code: "invalid_request", number: "MP-011"},
		"no delegation":    {body: claims{"consumer_org": "111111111"}, status: 403, code: "access_denied", says: "has not delegated access", number: "MP-251"},
		"other details":    {body: claims{"authorization_details": []any{claims{"type": "x"}}}, code: "invalid_request", says: "Unknown authorization details type", number: "MP-301"},
		"details object":   {body: claims{"authorization_details": claims{"type": "urn:altinn:systemuser"}}, code: "invalid_request", number: "MP-301"},
		"other grant":      {form: []string{"grant_type", "client_credentials"}, code: "unsupported_grant_type"},
		"client_id":        {form: []string{"client_id", maskinportenClient}, code: "invalid_request"},
		"scope parameter":  {form: []string{"scope", "sandbox:read"}, code: "invalid_request"},
		"no assertion":     {form: []string{"assertion", ""}, code: "invalid_request"},
		"not a JWT":        {form: []string{"assertion", "x"}, code: "invalid_request", says: "Invalid assertion.", number: "MP-011"},
		"client assertion": {form: []string{"client_assertion", "x.y.z"}, code: "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			or := func(s, other string) string {
				if s == "" {
					return other
				}
				return s
			}
			r := maskinportenAsk(b, or(tt.key, "maskinporten-key.pem"), or(tt.alg, "RS256"), with(header, tt.header), with(with(body, claims{"jti": jti()}), tt.body), tt.form...)
			refused(t, r, max(tt.status, http.StatusBadRequest), or(tt.code, "invalid_grant"), tt.says)
			uri := ""
			if tt.number != "" {
				uri = b.URL + "/maskinporten/errors/" + tt.number
			}
			if r.text("error_uri") != uri || !strings.Contains(r.text("error_description"), "(trace_id: ") {
				t.Errorf("error_uri %q, want %q: %s", r.text("error_uri"), uri, r.raw)
			}
		})
	}
	b.must(maskinportenAsk(b, "maskinporten-key.pem", "RS256", header, body))
	refused(t, maskinportenAsk(b, "maskinporten-key.pem", "RS512", header, body), 400, "invalid_grant", "Grant is used before")
	once := values("grant_type", jwtBearer, "assertion", sign(t, b.key("maskinporten-key.pem"), "RS256", header, with(body, claims{"jti": nil, "scope": "sandbox:write"})))
	b.must(b.form(maskinportenToken, nil, once))
	refused(t, b.form(maskinportenToken, nil, once), 400, "invalid_grant", "Grant is used before")
	refused(t, b.form(maskinportenToken, map[string]string{"Authorization": basic("Basic", "x", "y")}, once), 400, "invalid_request", "")
	refused(t, b.json(maskinportenToken, nil, "{}"), 400, "invalid_request", "")
}

func TestMaskinportenMetadata(t *testing.T) {
	b := shared(t)
	r := b.must(b.get("/.well-known/oauth-authorization-server/maskinporten", nil))
	if r.text("issuer") != b.URL+"/maskinporten/" || r.text("token_endpoint") != b.URL+maskinportenToken {
		t.Errorf("%s", r.raw)
	}
	header, body := maskinportenGrant(b)
	token := b.must(maskinportenAsk(b, "maskinporten-key.pem", "RS256", header, body)).text("access_token")
	parsed, err := core.ParseJWS(token)
	if err != nil || !strings.Contains(b.must(b.get("/maskinporten/jwk", nil)).raw, parsed.Kid()) {
		t.Errorf("the key of the token is not in the key set: %v", err)
	}
}

// Every API of the wider field takes its own living tokens and no others.
func TestWiderFieldAPIs(t *testing.T) {
	b := shared(t)
	token := salusGrant(b).text("access_token")
	for name, says := range map[string]string{
		"maskinporten": `"error":"invalid_token"`,
		"nhs":          `"faultstring":"Invalid access token"`,
		"smart":        `"resourceType":"OperationOutcome"`,
	} {
		for why, header := range map[string]map[string]string{
			"no token": nil, "another provider's": {"Authorization": "Bearer " + token}, "another scheme": {"Authorization": "DPoP " + token},
		} {
			if r := b.get("/"+name+"/api/ping", header); r.status != http.StatusUnauthorized || !strings.Contains(r.raw, says) {
				t.Errorf("%s, %s: %d %s", name, why, r.status, r.raw)
			}
		}
	}
}
