package doctor

import (
	"crypto/tls"
	"strings"
	"testing"

	"authctl/internal/profile"
)

// What the document does not list is a warning that names the field, and what
// it does not speak of is nothing.
func TestOffers(t *testing.T) {
	login := func(p *profile.Profile) {
		issuerOnly(p)
		p.Grant, p.AuthorizeURL = "authorization_code", "https://as.example/login"
	}
	jarm := func(p *profile.Profile) { login(p); p.Login.ResponseMode = "jwt" }
	for name, c := range map[string]struct {
		change func(*profile.Profile)
		doc    map[string]any
		start  string // "" for no line with check
		check  string
		word   string
	}{
		"nothing is said": {issuerOnly, nil, "", "client.auth", ""},
		"auth":            {issuerOnly, map[string]any{"token_endpoint_auth_methods_supported": []string{"private_key_jwt", "none"}}, "warn", "client.auth", "client_secret_basic [check client.auth of profile p, unless the provider told you so: the document lists private_key_jwt, none]"},
		"auth is listed":  {issuerOnly, map[string]any{"token_endpoint_auth_methods_supported": []string{"client_secret_basic"}}, "", "client.auth", ""},
		"a signed grant proves the client": {func(p *profile.Profile) {
			issuerOnly(p)
			a := profile.DefaultGrantAssertion()
			p.Grant, p.Client.Auth, p.GrantAssertion, a.Key = "jwt_bearer", "none", &a, env("KEY")
		}, map[string]any{"token_endpoint_auth_methods_supported": []string{"private_key_jwt"}}, "", "client.auth", ""},
		"grant": {issuerOnly, map[string]any{"grant_types_supported": []string{"authorization_code"}}, "warn", "grant", "client_credentials"},
		"grant by its URN": {func(p *profile.Profile) { issuerOnly(p); p.Grant = "token_exchange" }, map[string]any{
			"grant_types_supported": []string{"urn:ietf:params:oauth:grant-type:token-exchange"},
		}, "", "grant", ""},
		"a device's grant": {login, map[string]any{"grant_types_supported": []string{"urn:ietf:params:oauth:grant-type:device_code"}}, "", "grant", ""},
		"a code's, for a device": {func(p *profile.Profile) {
			issuerOnly(p)
			p.Grant, p.DeviceAuthorizationURL = "device_code", "https://as.example/device"
		}, map[string]any{"grant_types_supported": []string{"authorization_code"}}, "warn", "grant", "device_code"},
		"scopes":                  {func(p *profile.Profile) { issuerOnly(p); p.Scopes = []string{"a", "b", "c"} }, map[string]any{"scopes_supported": []string{"b"}}, "warn", "scopes", "the scope a, c"},
		"scopes as a text":        {func(p *profile.Profile) { issuerOnly(p); p.Scopes = []string{"a"} }, map[string]any{"scopes_supported": "b"}, "", "scopes", ""},
		"DPoP":                    {func(p *profile.Profile) { issuerOnly(p); p.DPoP.Enabled, p.API.Scheme = true, "DPoP" }, map[string]any{"dpop_signing_alg_values_supported": []string{"PS256"}}, "warn", "dpop.alg", "ES256 [check dpop.alg of profile p"},
		"DPoP is off":             {issuerOnly, map[string]any{"dpop_signing_alg_values_supported": []string{"PS256"}}, "", "dpop.alg", ""},
		"an empty list":           {issuerOnly, map[string]any{"grant_types_supported": []string{}}, "warn", "grant", "lists nothing at all"},
		"PAR without an endpoint": {login, map[string]any{"require_pushed_authorization_requests": true}, "FAIL", "login.pushed", "[set par_url in profile p"},
		"PAR by the profile":      {func(p *profile.Profile) { login(p); p.PARURL = "https://as.example/par" }, map[string]any{"require_pushed_authorization_requests": true}, "", "login.pushed", ""},
		"PAR and never": {func(p *profile.Profile) { login(p); p.Login.Pushed = "never" }, map[string]any{
			"require_pushed_authorization_requests": true, "pushed_authorization_request_endpoint": "https://as.example/par",
		}, "warn", "login.pushed", "set login.pushed: auto"},
		"objects are demanded":   {login, map[string]any{"require_signed_request_object": true}, "warn", "login.request_object", "set login.request_object: {}"},
		"objects are for logins": {issuerOnly, map[string]any{"require_signed_request_object": true}, "", "login.request_object", ""},
		"no objects":             {objects(login, ""), map[string]any{"request_parameter_supported": false, "require_signed_request_object": true}, "warn", "login.request_object", "takes no request objects"},
		"nothing of objects":     {objects(login, ""), nil, "", "login.request_object", ""},
		"objects":                {objects(login, "ES256"), map[string]any{"request_parameter_supported": true, "require_signed_request_object": true, "request_object_signing_alg_values_supported": []string{"ES256"}}, "", "login.request_object", ""},
		"objects of another alg": {objects(login, "ES256"), map[string]any{"request_object_signing_alg_values_supported": []string{"PS256"}}, "warn", "login.request_object.alg", "ES256"},
		"details": {func(p *profile.Profile) {
			issuerOnly(p)
			p.AuthorizationDetails = []any{map[string]any{"type": "a"}, map[string]any{"type": "b"}}
		}, map[string]any{"authorization_details_types_supported": []string{"b"}}, "warn", "authorization_details", "the type a"},
		"answers in a JWT":         {jarm, map[string]any{"response_modes_supported": []string{"query", "query.jwt"}}, "warn", "login.response_mode", "the response mode jwt"},
		"answers in a JWT, listed": {jarm, map[string]any{"response_modes_supported": []string{"jwt"}}, "", "login.response_mode", ""},
		"plain answers":            {login, map[string]any{"response_modes_supported": []string{"form_post"}}, "", "login.response_mode", ""},
		"PAR is for logins":        {issuerOnly, map[string]any{"require_pushed_authorization_requests": true}, "", "login.pushed", ""},
	} {
		b := newFixture()
		b.pages = map[string]string{wellKnown: document(c.doc), "https://as.example/jwks": jwks(t)}
		lines := b.examine(t, newProfile(c.change), Options{})
		if c.start != "" {
			expect(t, lines, c.start+" "+c.check, c.word)
			continue
		}
		for _, l := range lines {
			if strings.Contains(l, " "+c.check+": ") && !strings.HasPrefix(l, "ok") {
				t.Errorf("%s: %s", name, l)
			}
		}
	}
}

// objects is change with a signed authorization request.
func objects(change func(*profile.Profile), alg string) func(*profile.Profile) {
	return func(p *profile.Profile) {
		change(p)
		o := profile.DefaultRequestObject()
		o.Alg = alg
		p.Login.RequestObject, p.Client.Key = &o, env("KEY")
	}
}

// The algorithm of the client's key is held against the list too.
func TestOfferedSigningAlgorithm(t *testing.T) {
	b := newFixture()
	b.secrets["KEY"] = keyPEM(t, newKey(t))
	b.pages = map[string]string{wellKnown: document(map[string]any{
		"token_endpoint_auth_signing_alg_values_supported": []string{"PS256"}, "token_endpoint_auth_methods_supported": []string{"private_key_jwt"},
	}), "https://as.example/jwks": jwks(t)}
	p := newProfile(func(p *profile.Profile) {
		issuerOnly(p)
		p.Client.Auth, p.Client.Key, p.Assertion.KID = "private_key_jwt", env("KEY"), "thumbprint"
	})
	expect(t, b.examine(t, p, Options{}), "warn assertion.alg", "does not list the algorithm of client assertions ES256", "PS256")
}

// The hosts of the aliases are those that are asked (RFC 8705 5), and a
// token_url that goes past them is told of.
func TestDoctorFollowsTheAliases(t *testing.T) {
	b := newFixture()
	b.secrets["CERT"], b.tls = "", &tls.Config{} // which this test does not read
	b.pages = map[string]string{wellKnown: document(map[string]any{
		"mtls_endpoint_aliases": map[string]any{"token_endpoint": "https://mtls.example/token"},
	}), "https://as.example/jwks": jwks(t)}
	client := func(p *profile.Profile) {
		issuerOnly(p)
		p.Client.Auth, p.TLS.ClientCertificate = "tls_client_auth", env("CERT")
	}
	lines := b.examine(t, newProfile(client), Options{})
	if !strings.Contains(strings.Join(b.sent, " "), "GET https://mtls.example/ ") {
		t.Errorf("asked %q: %q", b.sent, lines)
	}
	past := func(p *profile.Profile) { client(p); p.TokenURL = "https://as.example/token" }
	expect(t, b.examine(t, newProfile(past), Options{}), "warn discovery", "https://mtls.example/token", "take token_url out of profile p")
}

// The key that signs the request loads, and may sign under its alg; it is no
// proof of the client.
func TestRequestKey(t *testing.T) {
	b := newFixture()
	b.secrets["KEY"] = keyPEM(t, newKey(t))
	b.pages = map[string]string{wellKnown: document(map[string]any{"token_endpoint_auth_signing_alg_values_supported": []string{"PS256"}}), "https://as.example/jwks": jwks(t)}
	for alg, line := range map[string]string{"": "ok request key", "ES256": "ok request key", "RS256": "FAIL request key"} {
		lines := b.examine(t, newProfile(objects(issuerOnly, alg)), Options{})
		expect(t, lines, line, "")
		expect(t, lines, "ok client.key", "")
		for _, l := range lines {
			if strings.Contains(l, "assertion.alg") {
				t.Errorf("%s: %s", alg, l)
			}
		}
	}
}

// The key that signs the grant loads, and may sign under its alg.
func TestGrantKey(t *testing.T) {
	b := newFixture()
	b.secrets["KEY"] = keyPEM(t, newKey(t))
	b.pages = map[string]string{wellKnown: document(nil), "https://as.example/jwks": jwks(t)}
	for alg, line := range map[string]string{"": "ok grant key", "ES256": "ok grant key", "RS256": "FAIL grant key"} {
		p := newProfile(func(p *profile.Profile) {
			issuerOnly(p)
			a := profile.DefaultGrantAssertion()
			p.Grant, p.Client.Auth, p.GrantAssertion, a.Key, a.Alg = "jwt_bearer", "none", &a, env("KEY"), alg
		})
		expect(t, b.examine(t, p, Options{}), line, "")
	}
}
