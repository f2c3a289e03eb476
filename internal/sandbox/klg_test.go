package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

const (
	klgToken  = "/klg/auth/realms/ehealth/protocol/openid-connect/token"
	klgRevoke = "/klg/auth/realms/ehealth/protocol/openid-connect/revoke"
	exchange  = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// klgForm is a request with a fresh assertion of the registered key.
func klgForm(b *box, pairs ...string) url.Values {
	b.t.Helper()
	header, body := klgAssertion(b, "klg-key.pem")
	return but(values("client_id", "eoj", "client_assertion_type", assertionType,
		"client_assertion", sign(b.t, b.key("klg-key.pem"), "RS256", header, body)), pairs...)
}

// Every refusal of Keycloak's client authentication, with its status and text.
func TestKLGRefusesClients(t *testing.T) {
	b := shared(t)
	now := time.Now().Unix()
	realm := b.URL + "/klg/auth/realms/ehealth"
	for name, tt := range map[string]struct {
		key, alg string
		header   claims
		body     claims
		form     []string
		status   int
		code     string
		says     string
	}{
		"unknown kid":      {header: claims{"kid": "x"}, says: "Unable to load public key"},
		"no kid":           {header: claims{"kid": nil}, says: "Unable to load public key"},
		"foreign key":      {key: "ardengem-key.pem", says: "Client authentication with signed JWT failed: Signature on JWT token failed validation"},
		"PS256":            {alg: "PS256", says: "Invalid signature algorithm"},
		"aud token URL":    {body: claims{"aud": b.URL + klgToken}, says: "Invalid token audience"},
		"no aud":           {body: claims{"aud": nil}, says: "Invalid token audience"},
		"two audiences":    {body: claims{"aud": []string{realm, "x"}}, says: "Multiple audiences not allowed"},
		"expired":          {body: claims{"exp": now - 1}, says: "Token is not active"},
		"not before":       {body: claims{"nbf": now + 60}, says: "Token is not active"},
		"no exp":           {body: claims{"exp": nil}, says: "Token exp claim is required"},
		"long without iat": {body: claims{"iat": nil, "exp": now + 120}, says: "Token expiration is too far in the future and iat claim not present in token"},
		"from the future":  {body: claims{"iat": now + 60, "exp": now + 70}, says: "Token was issued in the future"},
		"too old":          {body: claims{"iat": now - 90, "nbf": now - 90, "exp": now + 60}, says: "Token was issued too far in the past to be used now"},
		"no jti":           {body: claims{"jti": nil}, says: "Token jti claim is required"},
		"no sub":           {body: claims{"sub": nil}, status: 401, says: "Invalid client or Invalid client credentials"},
		"other client_id":  {form: []string{"client_id", "other"}, status: 401, says: "Invalid client or Invalid client credentials"},
		"unknown client":   {body: claims{"sub": "x", "iss": "x"}, form: []string{"client_id", ""}, status: 401, says: "Invalid client or Invalid client credentials"},
		"other issuer":     {body: claims{"iss": "x"}, status: 401, says: "Invalid client or Invalid client credentials"},
		"no type":          {form: []string{"client_assertion_type", ""}, says: "Parameter client_assertion_type is missing"},
		"other type":       {form: []string{"client_assertion_type", "x"}, says: "Parameter client_assertion_type has value 'x' but expected is '" + assertionType + "'"},
		"no assertion":     {form: []string{"client_assertion", ""}, says: "client_assertion parameter missing"},
		"nothing":          {form: []string{"client_assertion", "", "client_assertion_type", "", "client_id", ""}, status: 401, says: "Invalid client or Invalid client credentials"},
		"no grant":         {form: []string{"grant_type", ""}, code: "invalid_request", says: "Missing form parameter: grant_type"},
		"unknown grant":    {form: []string{"grant_type", "x"}, code: "unsupported_grant_type", says: "Unsupported grant_type"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			header, body := klgAssertion(b, "klg-key.pem")
			key, alg := "klg-key.pem", "RS256"
			if tt.key != "" {
				key = tt.key
			}
			if tt.alg != "" {
				alg = tt.alg
			}
			form := values("grant_type", "client_credentials", "client_id", "eoj", "client_assertion_type", assertionType,
				"client_assertion", sign(t, b.key(key), alg, with(header, tt.header), with(body, tt.body)))
			if tt.status == 0 {
				tt.status = http.StatusBadRequest
			}
			if tt.code == "" {
				tt.code = "invalid_client"
			}
			r := b.form(klgToken, nil, but(form, tt.form...))
			if r.status != tt.status || r.text("error") != tt.code || r.text("error_description") != tt.says {
				t.Errorf("got %d %s, want %d %s %q", r.status, r.raw, tt.status, tt.code, tt.says)
			}
		})
	}
	once := klgForm(b, "grant_type", "client_credentials")
	b.must(b.form(klgToken, nil, once))
	refused(t, b.form(klgToken, nil, once), 400, "invalid_client", "Token reuse detected")
}

// exchanged starts a session.
func exchanged(b *box, pairs ...string) reply {
	b.t.Helper()
	saml := b.get("/klg/sts/assertion", nil)
	if saml.status != http.StatusOK {
		b.t.Fatalf("the STS: %d %s", saml.status, saml.raw)
	}
	return b.form(klgToken, nil, klgForm(b, append([]string{
		"grant_type", exchange, "subject_token", base64.RawURLEncoding.EncodeToString([]byte(saml.raw)),
		"subject_token_type", "urn:ietf:params:oauth:token-type:saml2", "subject_issuer", "kombit-sts",
	}, pairs...)...))
}

func TestKLGExchange(t *testing.T) {
	b := shared(t)
	r := b.must(exchanged(b, "organization_id", "org-1"))
	if r.text("token_type") != "Bearer" || r.text("issued_token_type") != "urn:ietf:params:oauth:token-type:access_token" ||
		r.json["refresh_expires_in"] != 1800.0 || r.json["expires_in"] != 300.0 {
		t.Errorf("the answer is not the gateway's: %s", r.raw)
	}
	me := b.must(b.get("/klg/api/me", r.bearer()))
	if !strings.Contains(me.raw, `"organization_id":"org-1"`) {
		t.Errorf("the context is not in the token: %s", me.raw)
	}
}

func TestKLGExchangeRefuses(t *testing.T) {
	b := shared(t)
	good := b.get("/klg/sts/assertion", nil).raw
	b64 := func(xml string) string { return base64.RawURLEncoding.EncodeToString([]byte(xml)) }
	wrapped := strings.Replace(good, "<Subject>", "<Subject><Extra/>", 1)
	forged := strings.Replace(strings.Replace(good, `ID="_`, `ID="_evil`, 1), "29189846", "11111111", 1)
	// A classic wrapping: a forged assertion outside, the signed one inside.
	inner := good[strings.Index(good, "<Assertion"):]
	wrapping := forged[:strings.LastIndex(forged, "</Assertion>")] + "<Extensions>" + inner + "</Extensions></Assertion>"
	padded := good + " "
	for len(padded)%3 == 0 { // base64 of these would need no padding
		padded += " "
	}
	other := start(t, sandbox.Options{})
	for name, tt := range map[string]struct {
		pairs []string
		code  string
		says  string
	}{
		"one byte changed":      {[]string{"subject_token", b64(strings.Replace(good, "29189846", "29189847", 1))}, "invalid_token", "the signature does not validate"},
		"element added":         {[]string{"subject_token", b64(wrapped)}, "invalid_token", "the signature does not validate"},
		"signature wrapping":    {[]string{"subject_token", b64(wrapping)}, "invalid_token", "another assertion"},
		"another one behind":    {[]string{"subject_token", b64(good + inner)}, "invalid_token", "another assertion"},
		"no signature":          {[]string{"subject_token", b64(good[:strings.Index(good, "<Signature")] + good[strings.Index(good, "</Signature>")+12:])}, "invalid_token", "the signature does not validate"},
		"another STS":           {[]string{"subject_token", b64(other.get("/klg/sts/assertion", nil).raw)}, "invalid_token", "the signature does not validate"},
		"expired":               {[]string{"subject_token", b64(b.get("/klg/sts/assertion?expires_in=-60", nil).raw)}, "invalid_token", "the assertion has expired"},
		"another audience":      {[]string{"subject_token", b64(b.get("/klg/sts/assertion?audience=http://x", nil).raw)}, "invalid_token", "the audience"},
		"another recipient":     {[]string{"subject_token", b64(b.get("/klg/sts/assertion?recipient=http://x", nil).raw)}, "invalid_token", "the recipient"},
		"another issuer":        {[]string{"subject_token", b64(b.get("/klg/sts/assertion?issuer=http://x", nil).raw)}, "invalid_token", "the issuer"},
		"another holder":        {[]string{"subject_token", b64(b.get("/klg/sts/assertion?holder=other", nil).raw)}, "invalid_token", "the holder-of-key certificate is not the client's"},
		"with padding":          {[]string{"subject_token", base64.URLEncoding.EncodeToString([]byte(padded))}, "invalid_token", "without padding"},
		"base64":                {[]string{"subject_token", base64.RawStdEncoding.EncodeToString([]byte(good)) + "+/"}, "invalid_token", "not base64url"},
		"XML":                   {[]string{"subject_token", good}, "invalid_token", "not base64url"},
		"no XML":                {[]string{"subject_token", b64("hello")}, "invalid_token", "not"},
		"another element":       {[]string{"subject_token", b64("<Response/>")}, "invalid_token", "not a SAML 2.0 assertion"},
		"no subject token":      {[]string{"subject_token", ""}, "invalid_request", "subject_token"},
		"another type":          {[]string{"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"}, "invalid_request", "subject_token_type"},
		"no issuer":             {[]string{"subject_issuer", ""}, "invalid_issuer", "Invalid subject_issuer parameter"},
		"the page's misprint":   {[]string{"subject_issuer", "kobitkombit-sts"}, "invalid_issuer", "Invalid subject_issuer parameter"},
		"an unknown audience":   {[]string{"audience", "x"}, "invalid_client", "Audience not found"},
		"another requested one": {[]string{"requested_token_type", "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request", "requested_token_type"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, exchanged(&box{b.Sandbox, t}, tt.pairs...), http.StatusBadRequest, tt.code, tt.says)
		})
	}
	header, body := klgAssertion(b, "klg-key.pem")
	foreign := sign(t, b.key("klg-key.pem"), "RS256", with(header, claims{"kid": "x"}), body)
	refused(t, exchanged(b, "client_assertion", foreign), http.StatusBadRequest, "invalid_client", "Unable to load public key")
}

func refreshed(b *box, token string, pairs ...string) reply {
	b.t.Helper()
	return b.form(klgToken, nil, klgForm(b, append([]string{"grant_type", "refresh_token", "refresh_token", token}, pairs...)...))
}

func TestKLGRefresh(t *testing.T) {
	now := time.Now()
	b := start(t, sandbox.Options{Now: func() time.Time { return now }})
	first := b.must(exchanged(b)).text("refresh_token")
	second := b.must(refreshed(b, first, "organization_id", "org-2", "patient_id", "p-1"))
	me := b.must(b.get("/klg/api/me", second.bearer()))
	if !strings.Contains(me.raw, `"organization_id":"org-2"`) || !strings.Contains(me.raw, `"patient_id":"p-1"`) {
		t.Errorf("the switched context is not in the token: %s", me.raw)
	}
	third := b.must(refreshed(b, second.text("refresh_token"))).text("refresh_token")
	refused(t, refreshed(b, first), 400, "invalid_grant", "Stale token")
	refused(t, refreshed(b, third), 400, "invalid_grant", "Session doesn't have required client")
	if r := b.get("/klg/api/ping", second.bearer()); r.status != http.StatusUnauthorized {
		t.Errorf("an access token of the revoked family: %d", r.status)
	}

	again := b.must(exchanged(b)).text("refresh_token")
	b.must(refreshed(b, again))
	refused(t, refreshed(b, again), 400, "invalid_grant", "Maximum allowed refresh token reuse exceeded")
	if n := b.get("/_sandbox/requests", nil).json["reused"].(map[string]any)["klg"]; n != 2.0 {
		t.Errorf("%v reuses were counted", n)
	}
	refused(t, refreshed(b, again, "scope", "openid nonsense"), 400, "invalid_scope", "Invalid scopes: openid nonsense")
	refused(t, refreshed(b, ""), 400, "invalid_request", "No refresh token")
	refused(t, refreshed(b, "x"), 400, "invalid_grant", "Invalid refresh token")
}

func TestKLGSessionEnds(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	b := start(t, sandbox.Options{Now: clock})
	begin := now
	assertion := func() url.Values {
		header, body := klgAssertion(b, "klg-key.pem")
		at := now.Unix()
		body = with(body, claims{"iat": at, "nbf": at, "exp": at + 10})
		return values("client_assertion_type", assertionType, "client_assertion", sign(t, b.key("klg-key.pem"), "RS256", header, body))
	}
	refresh := func(token string) reply {
		return b.form(klgToken, nil, but(assertion(), "grant_type", "refresh_token", "refresh_token", token))
	}
	token := b.must(exchanged(b)).text("refresh_token")
	idle := b.must(exchanged(b)).text("refresh_token")
	for now.Sub(begin) < 10*time.Hour-29*time.Minute {
		now = now.Add(29 * time.Minute)
		token = b.must(refresh(token)).text("refresh_token")
		if now.Sub(begin) < time.Hour && now.Sub(begin) > 30*time.Minute {
			refused(t, refresh(idle), 400, "invalid_grant", "Token is not active")
		}
	}
	now = begin.Add(10*time.Hour + time.Second)
	refused(t, refresh(token), 400, "invalid_grant", "Token is not active")
}

func TestKLGRevokes(t *testing.T) {
	b := shared(t)
	session := b.must(exchanged(b))
	auth := session.bearer()
	b.must(b.get("/klg/api/ping", auth))
	if r := b.form(klgRevoke, nil, klgForm(b, "token", session.text("refresh_token"))); r.status != http.StatusOK {
		t.Fatalf("revoke: %d %s", r.status, r.raw)
	}
	if r := b.get("/klg/api/ping", auth); r.status != http.StatusUnauthorized || r.text("resourceType") != "OperationOutcome" {
		t.Errorf("after the revocation: %d %s", r.status, r.raw)
	}
	refused(t, refreshed(b, session.text("refresh_token")), 400, "invalid_grant", "Session")
	refused(t, b.form(klgRevoke, nil, values("token", "x")), 401, "invalid_client", "")
}

// RFC 7009 2.1: only the client that a token was issued to may revoke it.
func TestKLGRevokesNoOtherClientsToken(t *testing.T) {
	b := shared(t)
	session := b.must(exchanged(b))
	for _, which := range []string{"refresh_token", "access_token"} {
		refused(t, b.form(klgRevoke, nil, values("client_id", "authctl-device", "token", session.text(which))), 400, "invalid_token", "Unmatching clients")
	}
	b.must(b.get("/klg/api/ping", session.bearer()))
	b.must(refreshed(b, session.text("refresh_token")))
}

func TestKLGAgreement(t *testing.T) {
	b := shared(t)
	b.fault("klg-no-agreement=1")
	refused(t, exchanged(b), http.StatusInternalServerError, "unknown_error", "")
	b.must(exchanged(b))
}
