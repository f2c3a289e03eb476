package profile_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

func ref(name string) secret.Ref { return secret.Ref{Kind: secret.Env, Name: name} }

// sound is a profile without fault; the cases break one thing each.
func sound() profile.Profile {
	p := profile.Default()
	p.Name, p.Issuer, p.TokenURL = "p", "https://as.example", "https://as.example/token"
	p.Client.ID, p.Client.Secret = "app", ref("S")
	return p
}

// signs makes the grant one that the client signs, and then changes it.
func signs(change func(*profile.Profile, *profile.GrantAssertion)) func(*profile.Profile) {
	return func(p *profile.Profile) {
		a := profile.DefaultGrantAssertion()
		p.Grant, p.Client.Auth, p.Client.Key, p.GrantAssertion = "jwt_bearer", "none", ref("K"), &a
		if change != nil {
			change(p, &a)
		}
	}
}

// requests makes the authorization request a signed one, and then changes it.
func requests(change func(*profile.Profile)) func(*profile.Profile) {
	return func(p *profile.Profile) {
		o := profile.DefaultRequestObject()
		p.Login.RequestObject, p.Client.Key = &o, ref("K")
		if change != nil {
			change(p)
		}
	}
}

// asksSTS makes the profile one with a security token service, and then changes it.
func asksSTS(change func(*profile.Profile)) func(*profile.Profile) {
	return func(p *profile.Profile) {
		p.Grant, p.Client.Key = "token_exchange", ref("K")
		p.STS.URL, p.STS.AppliesTo, p.STS.Claims = "https://sts.example/issue", "http://service.example/1", []profile.STSClaim{{Name: "cvr", Value: "01234567"}}
		if change != nil {
			change(p)
		}
	}
}

// environments has a test server and the real STS, and then changes that.
func environments(change func(*profile.Profile)) func(*profile.Profile) {
	return asksSTS(func(p *profile.Profile) {
		p.Environments = []profile.Environment{{Name: "test", Hosts: []string{".test.example"}}, {Name: "production", Hosts: []string{"sts.example"}}}
		p.Issuer, p.TokenURL = "https://as.test.example", "https://as.example/token"
		if change != nil {
			change(p)
		}
	})
}

func TestASoundProfileHasNoProblem(t *testing.T) {
	p := sound()
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(p *profile.Profile)
		want  string // path: start of the text; "" for no problem
	}{
		{"no endpoint and no issuer", func(p *profile.Profile) { p.Issuer, p.TokenURL = "", "" }, "token_url: is missing"},
		{"an issuer is enough", func(p *profile.Profile) { p.TokenURL = "" }, ""},
		{"a token URL is enough", func(p *profile.Profile) { p.Issuer = "" }, ""},
		{"discovery never", func(p *profile.Profile) { p.TokenURL, p.Discovery = "", "never" }, "token_url: is needed with discovery: never"},
		{"discovery always", func(p *profile.Profile) { p.Issuer, p.Discovery = "", "always" }, "issuer: is needed with discovery: always"},
		{"a document of one's own is enough", func(p *profile.Profile) { p.Issuer, p.TokenURL, p.DiscoveryURL = "", "", "https://as.example/doc?x" }, ""},
		{"a login by a document of one's own", func(p *profile.Profile) {
			p.Issuer, p.Discovery, p.DiscoveryURL, p.Grant = "", "always", "https://as.example/doc", "authorization_code"
		}, ""},
		{"a document that is never read", func(p *profile.Profile) { p.Discovery, p.DiscoveryURL = "never", "https://as.example/doc" }, "discovery_url: contradicts discovery: never"},
		{"a document over http", func(p *profile.Profile) { p.DiscoveryURL = "http://as.example/doc" }, "discovery_url: http would send"},
		{"audience of a document's issuer", func(p *profile.Profile) {
			p.Issuer, p.DiscoveryURL, p.Client.Auth, p.Client.Key = "", "https://as.example/doc", "private_key_jwt", ref("K")
		}, "assertion.audience: issuer is asked for"},
		{"login without an endpoint", func(p *profile.Profile) { p.Issuer, p.Grant = "", "authorization_code" }, "authorize_url: is needed by grant"},
		{"issuer with a query", func(p *profile.Profile) { p.Issuer += "?x" }, "issuer: must not have a query"},
		{"http on loopback", func(p *profile.Profile) {
			p.Issuer, p.TokenURL = "http://localhost:1", "http://[::1]:2/t"
		}, ""},
		{"http that was asked for", func(p *profile.Profile) { p.TokenURL, p.InsecureHTTP = "http://as.example/t", true }, ""},
		{"http to a name that begins like loopback", func(p *profile.Profile) { p.TokenURL = "http://127.0.0.1.evil.example/t" }, "token_url: http would send"},
		{"http elsewhere", func(p *profile.Profile) { p.RevocationURL = "http://as.example/r" }, "revocation_url: http would send"},
		{"http for the API", func(p *profile.Profile) { p.API.BaseURL = "http://api.example" }, "api.base_url: http would send"},
		{"a password in a URL", func(p *profile.Profile) { p.TokenURL = "https://app:canary@as.example/t" }, "token_url: must not hold a user name"},
		{"another host behind a user name", func(p *profile.Profile) { p.Issuer = "https://as.example@evil.example" }, "issuer: must not hold a user name"},
		{"a blank in a URL", func(p *profile.Profile) { p.JWKSURL = "https://as.example/a b" }, "jwks_url: is not a URL"},

		{"no client", func(p *profile.Profile) { p.Client.ID = "" }, "client.id: is missing"},
		{"no client in an exchange", func(p *profile.Profile) {
			p.Client = profile.Client{Auth: "none", BasicEncoding: "form"}
			p.Grant = "token_exchange"
		}, ""},
		{"no secret", func(p *profile.Profile) { p.Client.Secret = secret.Ref{} }, "client.secret: is needed by client.auth: client_secret_basic"},
		{"no secret to sign with", func(p *profile.Profile) { p.Client.Auth, p.Client.Secret = "client_secret_jwt", secret.Ref{} }, "client.secret: is needed by client.auth: client_secret_jwt"},
		{"no key", func(p *profile.Profile) { p.Client.Auth = "private_key_jwt" }, "client.key: is needed by client.auth: private_key_jwt"},
		{"no assertion", func(p *profile.Profile) { p.Client.Auth = "federated" }, "client.assertion: is needed"},
		{"no certificate", func(p *profile.Profile) { p.Client.Auth = "self_signed_tls_client_auth" }, "tls.client_certificate: is needed"},
		{"a certificate with its key in one file", func(p *profile.Profile) { p.TLS.ClientCertificate = ref("C") }, ""},
		{"a key without certificate", func(p *profile.Profile) { p.TLS.ClientKey = ref("K") }, "tls.client_certificate: is needed by tls.client_key"},

		{"audience of no issuer", func(p *profile.Profile) {
			p.Issuer, p.Client.Auth, p.Client.Key = "", "private_key_jwt", ref("K")
		}, "assertion.audience: issuer is asked for"},
		{"a MAC where a key pair signs", func(p *profile.Profile) { p.Assertion.Alg = "HS256" }, `assertion.alg: "HS256" is unknown`},
		{"a MAC where a secret signs", func(p *profile.Profile) { p.Client.Auth, p.Assertion.Alg = "client_secret_jwt", "HS512" }, ""},
		{"none", func(p *profile.Profile) { p.Assertion.Alg = "none" }, `assertion.alg: "none" is unknown`},
		{"a literal kid", func(p *profile.Profile) { p.Assertion.KID = "jwk1" }, ""},
		{"no kid", func(p *profile.Profile) { p.Assertion.KID = "" }, "assertion.kid: must be one of"},
		{"audience nearly a word", func(p *profile.Profile) { p.Assertion.Audience = "token-url" }, "assertion.audience: must be issuer, token_url or"},
		{"a day of life", func(p *profile.Profile) { p.Assertion.Lifetime = 24 * time.Hour }, "assertion.lifetime: must be more than 0"},
		{"a secret claim", func(p *profile.Profile) {
			r := ref("C")
			p.Assertion.Claims = []profile.Field{{Name: "a", Secret: &r}}
		}, "assertion.claims[0]: takes a value only"},
		{"crit", func(p *profile.Profile) { p.Assertion.Headers = []profile.Field{{Name: "crit", Value: []any{"x"}}} }, "assertion.headers[0].name: \"crit\" comes from"},

		{"a signed grant", signs(nil), ""},
		{"a signed grant without an id", signs(func(p *profile.Profile, _ *profile.GrantAssertion) { p.Client.ID = "" }), "grant_assertion.issuer: client_id is asked for"},
		{"a signed grant of no client", signs(func(p *profile.Profile, a *profile.GrantAssertion) { p.Client.ID, a.Issuer = "", "x" }), ""},
		{"a signed grant for oneself without an id", signs(func(p *profile.Profile, a *profile.GrantAssertion) {
			p.Client.ID, a.Issuer, a.Subject = "", "x", "client_id"
		}), "grant_assertion.subject: client_id is asked for"},
		{"a signed grant without a key", signs(func(p *profile.Profile, _ *profile.GrantAssertion) { p.Client.Key = secret.Ref{} }), "grant_assertion.key: is missing"},
		{"a signed grant and a finished one", signs(func(p *profile.Profile, _ *profile.GrantAssertion) { p.Exchange.SubjectToken = ref("T") }), "exchange.subject_token: is an assertion that"},
		{"a signed grant beside another", signs(func(p *profile.Profile, _ *profile.GrantAssertion) { p.Grant = "client_credentials" }), "grant_assertion: has no use with grant: client_credentials"},
		{"a signed grant with a MAC", signs(func(_ *profile.Profile, a *profile.GrantAssertion) { a.Alg = "HS256" }), `grant_assertion.alg: "HS256" is unknown`},
		{"a signed grant, scope nowhere", signs(func(_ *profile.Profile, a *profile.GrantAssertion) { a.Scope = "claims" }), `grant_assertion.scope: "claims" is unknown, did you mean "claim"?`},
		{"a signed grant, issuer nearly a word", signs(func(_ *profile.Profile, a *profile.GrantAssertion) { a.Issuer = "client-id" }), "grant_assertion.issuer: must be client_id or the value itself"},
		{"a signed grant for two hours", signs(func(_ *profile.Profile, a *profile.GrantAssertion) { a.Lifetime = 2 * time.Hour }), "grant_assertion.lifetime: must be more than 0"},
		{"a signed grant with two chains", signs(func(_ *profile.Profile, a *profile.GrantAssertion) {
			a.X5C, a.Headers = true, []profile.Field{{Name: "x5c", Value: "x"}}
		}), `grant_assertion.headers[0].name: "x5c" comes from grant_assertion.x5c`},

		{"a security token service", asksSTS(nil), ""},
		{"an STS, and its key and certificate", asksSTS(func(p *profile.Profile) {
			p.Client.Key, p.STS.Key, p.STS.Certificate = secret.Ref{}, ref("K"), ref("C")
		}), ""},
		{"an STS with a bearer's assertion", asksSTS(func(p *profile.Profile) { p.STS.KeyType = "bearer" }), ""},
		{"an STS with another grant", asksSTS(func(p *profile.Profile) { p.Grant = "client_credentials" }), ""},
		{"an STS without claims", asksSTS(func(p *profile.Profile) { p.STS.Claims = nil }), ""},
		{"an STS over http", asksSTS(func(p *profile.Profile) { p.STS.URL = "http://sts.example" }), "sts.url: http would send"},
		{"an STS over http on loopback", asksSTS(func(p *profile.Profile) { p.STS.URL = "http://127.0.0.1:1/sts" }), ""},
		{"an STS for nothing", asksSTS(func(p *profile.Profile) { p.STS.AppliesTo = "" }), "sts.applies_to: is needed by sts.url"},
		{"an STS for a placeholder", asksSTS(func(p *profile.Profile) { p.STS.AppliesTo = "http://<service>" }), "sts.applies_to: holds a placeholder"},
		{"an STS without a key", asksSTS(func(p *profile.Profile) { p.Client.Key = secret.Ref{} }), "sts.key: is missing"},
		{"an STS, a key in an agent and no certificate", asksSTS(func(p *profile.Profile) { p.Client.Key.Kind = secret.SSHAgent }), "client.certificate: is needed: client.key has"},
		{"an STS, its key in an agent and no certificate", asksSTS(func(p *profile.Profile) {
			p.STS.Key, p.Client.Certificate = secret.Ref{Kind: secret.SSHAgent, Name: "x"}, ref("C")
		}), "sts.certificate: is needed: sts.key has"},
		{"an STS of another protocol", asksSTS(func(p *profile.Profile) { p.STS.Protocol = "soap" }), `sts.protocol: "soap" is unknown`},
		{"an STS of another dialect", asksSTS(func(p *profile.Profile) { p.STS.Dialect = "authclaim" }), `sts.claims_dialect: "authclaim" is unknown, did you mean "authclaims"?`},
		{"an STS of another key type", asksSTS(func(p *profile.Profile) { p.STS.KeyType = "symmetric" }), `sts.key_type: "symmetric" is unknown`},
		{"an STS, a key in another way", asksSTS(func(p *profile.Profile) { p.STS.UseKey = "x509-data" }), `sts.use_key: "x509-data" is unknown, did you mean "x509_data"?`},
		{"an STS for less than nothing", asksSTS(func(p *profile.Profile) { p.STS.Lifetime = -1 }), "sts.lifetime: must not be negative"},
		{"a claim without name", asksSTS(func(p *profile.Profile) { p.STS.Claims[0].Name = "" }), "sts.claims[0].name: is missing"},
		{"a claim without value", asksSTS(func(p *profile.Profile) { p.STS.Claims[0].Value = "" }), "sts.claims[0].value: is missing"},
		{"a claim of an STS twice", asksSTS(func(p *profile.Profile) { p.STS.Claims = append(p.STS.Claims, p.STS.Claims[0]) }), `sts.claims[1].name: "cvr" is given twice`},
		{"JSON with two claims", asksSTS(func(p *profile.Profile) {
			p.STS.Protocol, p.STS.Claims = "mtls-json", append(p.STS.Claims, profile.STSClaim{Name: "b", Value: "1"})
		}), "sts.claims: must be one claim with sts.protocol: mtls-json"},
		{"JSON without claims", asksSTS(func(p *profile.Profile) { p.STS.Protocol, p.STS.Claims = "mtls-json", nil }), "sts.claims: must be one claim"},
		{"claims and no STS", asksSTS(func(p *profile.Profile) { p.STS.URL = "" }), "sts.url: is missing, and sts.claims is for it"},
		{"what an STS would be asked for, and none", asksSTS(func(p *profile.Profile) { p.STS.URL, p.STS.Claims = "", nil }), ""},

		{"one environment", environments(func(p *profile.Profile) { p.STS.URL = "https://sts.test.example/x" }), ""},
		{"hosts of no environment", environments(func(p *profile.Profile) { p.Issuer, p.STS.URL = "https://as.example", "https://sts.example/x" }), ""},
		{"two environments", environments(nil), "sts.url: is of the production environment, and issuer of the test one"},
		{"two environments, in other letters", environments(func(p *profile.Profile) { p.STS.URL = "https://STS.Example/x" }), "sts.url: is of the production environment"},
		{"two environments, the issuer unsaid", environments(func(p *profile.Profile) { p.Issuer, p.TokenURL = "", "https://AS.test.example:8443/token" }), "sts.url: is of the production environment, and token_url of the test one"},
		{"an API of another environment", environments(func(p *profile.Profile) { p.STS.URL, p.API.Hosts = "", []string{"sts.example:443"} }), "api.hosts[0]: is of the production environment"},
		{"a host that ends like an environment", environments(func(p *profile.Profile) { p.Issuer, p.TokenURL = "https://xtest.example", "https://test.example/t" }), ""},

		{"the scope of everything", func(p *profile.Profile) { p.Scopes = []string{"*", "nhn:x/y", "api://x/.default"} }, ""},
		{"a quote in a scope", func(p *profile.Profile) { p.Scopes = []string{`a"b`} }, "scopes[0]: is not one scope"},
		{"a resource that is no URI", func(p *profile.Profile) { p.Resource = []string{"x"} }, "resource[0]: is not an absolute URL"},
		{"an empty audience", func(p *profile.Profile) { p.Audience = []string{"a", ""} }, "audience[1]: is empty"},
		{"a token type by URN", func(p *profile.Profile) { p.Exchange.SubjectTokenType = "urn:x:y" }, ""},
		{"a token type by a wrong name", func(p *profile.Profile) { p.Exchange.ActorTokenType = "saml" }, `exchange.actor_token_type: "saml" is unknown, did you mean "saml2"?`},

		{"an authorization header beside Basic", func(p *profile.Profile) {
			p.Request.Headers = []profile.Field{{Name: "Authorization", Basic: &profile.Basic{Username: "d", Password: ref("D")}}}
		}, "request.headers[0].name: Authorization is set by authctl itself"},
		{"an authorization header beside a client in the body", func(p *profile.Profile) {
			p.Client.Auth = "client_secret_post"
			p.Request.Headers = []profile.Field{{Name: "Authorization", Basic: &profile.Basic{Username: "d", Password: ref("D")}}}
		}, ""},
		{"Basic without password", func(p *profile.Profile) {
			p.Request.Headers = []profile.Field{{Name: "X", Basic: &profile.Basic{Username: "d"}}}
		}, "request.headers[0].basic.password: is missing"},
		{"a grant type of its own", param("grant_type", "client_credentials", nil), "request.params[0].name: must not be grant_type, which authctl sets by grant"},
		{"scopes of its own", param("scope", "client_credentials", nil), "request.params[0].name: must not be scope, which authctl sets by scopes"},
		{"a client id beside the one in the body", param("client_id", "client_credentials", func(p *profile.Profile) { p.Client.Auth = "client_secret_post" }), "request.params[0].name: must not be client_id, which authctl sets by client.id"},
		{"a client id beside Basic", param("client_id", "client_credentials", nil), ""},
		{"an assertion type", param("client_assertion_type", "client_credentials", func(p *profile.Profile) { p.Client.Auth, p.Client.Key = "private_key_jwt", ref("K") }), "request.params[0].name: must not be client_assertion_type, which authctl sets by client.assertion_type"},
		{"an audience that no field has", param("audience", "client_credentials", nil), ""},
		{"an audience beside the field", param("audience", "client_credentials", func(p *profile.Profile) { p.Audience = []string{"a"} }), "request.params[0].name: must not be audience, which"},
		{"another grant's parameter", param("requested_token_type", "client_credentials", nil), ""},
		{"an exchange's parameter", param("subject_token_type", "token_exchange", nil), "request.params[0].name: must not be subject_token_type, which authctl sets by exchange.subject_token_type"},
		{"a state in a pushed request", param("state", "client_credentials", nil), "request.params[0].name: must not be state, which authctl sets for a login"},
		{"a state where nobody logs in", param("state", "client_credentials", func(p *profile.Profile) { p.Discovery, p.AuthorizeURL = "never", "" }), ""},
		{"SPIFFE", func(p *profile.Profile) {
			p.Client.Auth, p.Client.Assertion, p.Client.AssertionType = "federated", ref("A"), "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe"
		}, ""},
		{"no assertion type", func(p *profile.Profile) {
			p.Client.Auth, p.Client.Assertion, p.Client.AssertionType = "federated", ref("A"), "jwt-spiffe"
		}, "client.assertion_type: is not an absolute URI"},
		{"a number in a form", func(p *profile.Profile) { p.Request.Params = []profile.Field{{Name: "a", Value: json.Number("1")}} }, ""},
		{"an object in a JSON body", func(p *profile.Profile) {
			p.Request.Encoding = "json"
			p.Request.Params = []profile.Field{{Name: "a", Value: map[string]any{}}}
		}, ""},
		{"an object in a form", func(p *profile.Profile) {
			p.Request.Params = []profile.Field{{Name: "a", Value: map[string]any{}}}
		}, "request.params[0].value: must be text"},
		{"a parameter without name", func(p *profile.Profile) { p.Login.Params = []profile.Field{{Value: "x"}} }, "login.params[0].name: must be"},
		{"a signed request", requests(nil), ""},
		{"a signed request without a key", requests(func(p *profile.Profile) { p.Client.Key = secret.Ref{} }), "login.request_object: needs client.key"},
		{"a signed request for nobody", requests(func(p *profile.Profile) { p.Issuer = "" }), "login.request_object: needs an issuer"},
		{"a request signed with a secret", requests(func(p *profile.Profile) { p.Login.RequestObject.Alg = "HS256" }), "login.request_object.alg: "},
		{"a request that is not signed", requests(func(p *profile.Profile) { p.Login.RequestObject.Alg = "none" }), "login.request_object.alg: "},
		{"a signed request for ever", requests(func(p *profile.Profile) { p.Login.RequestObject.Lifetime = 2 * time.Hour }), "login.request_object.lifetime: must be"},
		{"an answer in a JWT", func(p *profile.Profile) { p.Login.ResponseMode = "query.jwt" }, ""},
		{"an answer in a JWT of nobody", func(p *profile.Profile) { p.Issuer, p.Login.ResponseMode = "", "jwt" }, "login.response_mode: jwt needs an issuer"},
		{"an answer in a fragment", func(p *profile.Profile) { p.Login.ResponseMode = "fragment.jwt" }, "login.response_mode: \"fragment.jwt\" is unknown"},
		{"a state of its own", func(p *profile.Profile) { p.Login.Params = []profile.Field{{Name: "state", Value: "x"}} }, "login.params[0].name: must not be state"},
		{"no PKCE", func(p *profile.Profile) {
			p.Login.Params = []profile.Field{{Name: "a", Value: "b"}, {Name: "code_challenge_method", Value: "plain"}}
		}, "login.params[1].name: must not be code_challenge_method"},
		{"a secret in the address bar", func(p *profile.Profile) {
			p.Login.Params = []profile.Field{{Name: "a", Secret: &secret.Ref{Kind: secret.Keyring, Name: "x"}}}
		}, "login.params[0]: must not be a secret"},
		{"two words as a scheme", func(p *profile.Profile) { p.API.Scheme = "Bearer x" }, "api.scheme: must be one word"},
		{"a port", func(p *profile.Profile) { p.API.Hosts = []string{"a.example:8443", "[::1]:1"} }, ""},
		{"a path in a host", func(p *profile.Profile) { p.API.Hosts = []string{"a.example/x"} }, "api.hosts[0]: must be a host"},
		{"a flag as a host", func(p *profile.Profile) { p.API.Hosts = []string{"--preset"} }, "api.hosts[0]: must be a host"},
		{"a port that is none", func(p *profile.Profile) { p.API.Hosts = []string{"x:99999"} }, "api.hosts[0]: must be a host"},
		{"no port after the colon", func(p *profile.Profile) { p.API.Hosts = []string{"x:"} }, "api.hosts[0]: must be a host"},
		{"a wildcard", func(p *profile.Profile) { p.API.Hosts = []string{"*.example"} }, "api.hosts[0]: must be a host"},
		{"an empty label", func(p *profile.Profile) { p.API.Hosts = []string{"a..example"} }, "api.hosts[0]: must be a host"},
		{"a variable in a host", func(p *profile.Profile) { p.API.Hosts = []string{"${HOST}"} }, "api.hosts[0]: is not a host: it holds a placeholder"},
		{"a mark in a host", func(p *profile.Profile) { p.API.Hosts = []string{"a\u202eb.example"} }, "api.hosts[0]: is not a host: it holds a character that cannot be seen"},
		{"hosts of all kinds", func(p *profile.Profile) {
			p.API.Hosts = []string{"localhost", "a_b.svc.cluster.local.", "127.0.0.1:1", "[2001:db8::1]", "blåbær.example", "xn--blbr-roah.example", "x:65535"}
		}, ""},
		{"a variable in a URL", func(p *profile.Profile) { p.TokenURL = "https://${HOST}/token" }, "token_url: is not a URL: it holds a placeholder"},
		{"a placeholder in a path", func(p *profile.Profile) { p.TokenURL = "https://as.example/{tenant}/token" }, "token_url: is not a URL: it holds a placeholder"},
		{"another placeholder", func(p *profile.Profile) { p.Issuer = "https://as.example/<tenant>" }, "issuer: is not a URL: it holds a placeholder"},
		{"a mark in a URL", func(p *profile.Profile) { p.TokenURL = "https://as.example/\u200btoken" }, "token_url: is not a URL: it holds a character that cannot be seen"},
		{"a blank that breaks no line", func(p *profile.Profile) { p.TokenURL = "https://as.example/token\u00a0" }, "token_url: is not a URL: it holds a character that cannot be seen"},
		{"a port beyond all", func(p *profile.Profile) { p.TokenURL = "https://as.example:70000/token" }, "token_url: has a host or port"},
		{"a host that is none", func(p *profile.Profile) { p.TokenURL = "https://-as.example/token" }, "token_url: has a host or port"},
		{"port 0", func(p *profile.Profile) { p.API.Hosts = []string{"x:0"} }, "api.hosts[0]: must be a host"},
		{"a shell's variable as an id", func(p *profile.Profile) { p.Client.ID = "$CLIENT_ID" }, "client.id: holds the name of a variable"},
		{"a batch file's variable", func(p *profile.Profile) { p.Client.ID = "%client_id%" }, "client.id: holds the name of a variable"},
		{"a variable as an id", func(p *profile.Profile) { p.Client.ID = "${CLIENT_ID}" }, "client.id: holds a placeholder"},
		{"a blank in an id", func(p *profile.Profile) { p.Client.ID = "app " }, "client.id: holds a blank"},
		{"a mark in an id", func(p *profile.Profile) { p.Client.ID = "\ufeffapp" }, "client.id: holds a character that cannot be seen"},
		{"an id that is a URL", func(p *profile.Profile) { p.Client.ID = "https://app.example/id?x=$1" }, ""},
		{"a colon in a raw id", func(p *profile.Profile) { p.Client.ID, p.Client.BasicEncoding = "a:b", "raw" }, "client.basic_encoding: raw cannot carry the colon"},
		{"a colon in an encoded id", func(p *profile.Profile) { p.Client.ID = "a:b" }, ""},
		{"a colon in an id of the body", func(p *profile.Profile) {
			p.Client.ID, p.Client.BasicEncoding, p.Client.Auth = "a:b", "raw", "client_secret_post"
		}, ""},
		{"the document for the issuer", func(p *profile.Profile) { p.Issuer = "https://as.example/realms/x/.well-known/openid-configuration" }, "issuer: is the address of the discovery document"},
		{"a device's grant", func(p *profile.Profile) { p.Grant = "device_code" }, ""},
		{"a device without an endpoint", func(p *profile.Profile) { p.Grant, p.Issuer = "device_code", "" }, "device_authorization_url: is needed by grant: device_code"},
		{"a device is login enough", func(p *profile.Profile) {
			p.Issuer, p.Grant, p.DeviceAuthorizationURL = "", "authorization_code", "https://as.example/device"
		}, ""},
		{"a user in a host", func(p *profile.Profile) { p.API.Hosts = []string{"u@a.example"} }, "api.hosts[0]: must be a host"},
		{"keep_on everything", func(p *profile.Profile) { p.API.KeepOn = []string{""} }, "api.keep_on[0]: is empty"},
		{"a hint that says nothing", func(p *profile.Profile) { p.Hints = []profile.Hint{{Match: "x"}} }, "hints[0]: needs match and say"},
		{"omit nothing", func(p *profile.Profile) { p.Request.Omit = []string{""} }, "request.omit[0]: is empty"},
		{"less than no time", func(p *profile.Profile) { p.Token.MinTTL = -1 }, "token.min_ttl: must not be negative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sound()
			c.spoil(&p)
			err := p.Validate()
			switch {
			case c.want == "" && err != nil:
				t.Errorf("unexpected: %v", err)
			case c.want != "" && err == nil:
				t.Errorf("no problem, want %q", c.want)
			case c.want != "":
				for line := range strings.Lines(err.Error()) {
					if strings.HasPrefix(line, c.want) {
						return
					}
				}
				t.Errorf("%q, want a line %q", err, c.want)
			}
		})
	}
}

// TestTheIssuerIsNotItsDocument: the hint says what to take out.
func TestTheIssuerIsNotItsDocument(t *testing.T) {
	for pasted, hint := range map[string]string{
		"https://as.example/.well-known/openid-configuration":                  "take /.well-known/openid-configuration out: issuer: https://as.example",
		"https://as.example/realms/x/.well-known/openid-configuration":         "take /.well-known/openid-configuration out: issuer: https://as.example/realms/x",
		"https://as.example/.well-known/oauth-authorization-server/realms/x/y": "take /.well-known/oauth-authorization-server out: issuer: https://as.example/realms/x/y",
	} {
		p := sound()
		p.Issuer = pasted
		var problem *profile.Problem
		if err := p.Validate(); !errors.As(err, &problem) || problem.Hint != hint {
			t.Errorf("%s: %+v", pasted, problem)
		}
	}
}

func TestEveryProblemIsAProblem(t *testing.T) {
	p := profile.Profile{}
	err := p.Validate()
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) < 10 {
		t.Fatalf("an empty profile: %v", err)
	}
	for _, e := range joined.Unwrap() {
		var found *profile.Problem
		if !errors.As(e, &found) || found.Path == "" {
			t.Errorf("%T %v has no path", e, e)
		}
	}
}

func TestValidName(t *testing.T) {
	for _, good := range []string{"klg", "Prod.EU", "a_b-c", "x@y+z", "1", "Ærø", "中"} {
		if err := profile.ValidName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", ".", "..", "-p", "a/b", `a\b`, "a b", "a\n", "a\x00", "a:b", "a*", "\xff", ".hidden", strings.Repeat("x", 129)} {
		if profile.ValidName(bad) == nil {
			t.Errorf("%q is let pass", bad)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"client_secret_basic", "client_secret_post", "none", "salus", "klg", "Prod.EU"}
	for typed, want := range map[string]string{
		"client-secret-basic": "client_secret_basic", "clientsecretpost": "client_secret_post", "nnoe": "none", "saluss": "salus",
		"kgl": "klg", "prod.eu": "Prod.EU", "zzzz": "", "": "", "x": "", "client_secret": "", "sal": "salus",
	} {
		if got := profile.Nearest(typed, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", typed, got, want)
		}
	}
	// RFC names where the field is shorter, and words cut short.
	names = []string{"id", "auth", "secret", "key", "key_passphrase", "client_key", "client_certificate", "basic_encoding"}
	for typed, want := range map[string]string{
		"client_id": "id", "client_secret": "secret", "client_auth": "auth", "client_cert": "client_certificate", "basic": "basic_encoding", "kid": "id",
	} {
		if got := profile.Nearest(typed, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true, "[::1]": true,
		"localhost.evil.example": false, "127.0.0.1.evil.example": false, "0.0.0.0": false, "10.0.0.1": false, "": false, "2130706433": false,
	} {
		if got := profile.Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %v", host, got)
		}
	}
}

func TestPresetNamesAreNoPaths(t *testing.T) {
	for _, name := range []string{"../presets/santedb", "santedb.yaml", "", ".", `..\presets\santedb`} {
		if _, ok := profile.Preset(name); ok {
			t.Errorf("%q is a preset", name)
		}
	}
}

// param is a profile of that grant with one more parameter.
func param(name, grant string, change func(*profile.Profile)) func(*profile.Profile) {
	return func(p *profile.Profile) {
		p.Grant, p.Request.Params = grant, []profile.Field{{Name: name, Value: "x"}}
		if change != nil {
			change(p)
		}
	}
}
