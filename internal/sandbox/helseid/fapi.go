package helseid

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"authctl/internal/sandbox/core"
)

// FAPI is HelseID as it is today (FAPI 2.0 security profile): client
// assertions for the issuer, DPoP with nonces, PAR before every login.
type FAPI struct {
	issuer

	machine, person client
	nonces          *core.Nonces // of the authorization server
	apiNonces       *core.Nonces // of the API: RFC 9449 9 keeps them apart
	codes           *core.Codes
	pages           *core.LoginPages

	mu     sync.Mutex
	pushed map[string]pushed
}

// client is one registered client.
type client struct {
	id, kid string
	key     *ecdsa.PrivateKey
	grants  []string
	scopes  []string
}

func newClient(c *core.Core, grants, scopes []string) (client, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return client{id: c.UUID(), kid: c.Hex(16), key: key, grants: grants, scopes: scopes}, err
}

// NewFAPI registers a machine's client and one for personal login.
func NewFAPI(c *core.Core) (*FAPI, error) {
	p := &FAPI{
		issuer:    issuer{core: c, name: "helseid-fapi", base: "/helseid-fapi", signer: core.NewSigner("PS256")},
		nonces:    c.NewNonces(),
		apiNonces: c.NewNonces(),
		codes:     core.NewCodes(),
		pushed:    map[string]pushed{},
	}
	var err error
	if p.machine, err = newClient(c, []string{"client_credentials"}, []string{"nhn:cppa/access-with-dpop"}); err != nil {
		return nil, err
	}
	p.person, err = newClient(c, []string{"authorization_code", "refresh_token"},
		[]string{"openid", "profile", "offline_access", "cppa/access"})
	return p, err
}

// Routes mounts discovery, every endpoint and the API.
func (p *FAPI) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+p.base+"/.well-known/openid-configuration", p.discovery)
	mux.Handle("GET "+p.base+"/.well-known/openid-configuration/jwks", p.signer)
	mux.Handle("POST "+p.base+"/connect/token", p.core.TokenEndpoint(p.name, p.token))
	mux.HandleFunc("POST "+p.base+"/connect/par", p.par)
	mux.HandleFunc("POST "+p.base+"/connect/revocation", p.revocation)
	mux.HandleFunc("GET "+p.base+"/connect/authorize", p.authorize)
	mux.HandleFunc("GET "+p.base+"/connect/endsession", p.endSession)
	p.pages = p.core.NewLoginPages(mux, "HelseID", p.base+"/connect/decision", p.codes)
	p.core.API(mux, p.base+"/api", p.guard)
}

// algs are those of client assertions, DPoP proofs and request objects.
func algs() []string {
	return []string{"PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512"}
}

func (p *FAPI) discovery(w http.ResponseWriter, _ *http.Request) {
	core.WriteJSON(w, http.StatusOK, map[string]any{
		"issuer": p.url(), "jwks_uri": p.url() + "/.well-known/openid-configuration/jwks",
		"token_endpoint": p.tokenURL(), "authorization_endpoint": p.url() + "/connect/authorize",
		"pushed_authorization_request_endpoint":            p.url() + "/connect/par",
		"revocation_endpoint":                              p.url() + "/connect/revocation",
		"end_session_endpoint":                             p.url() + "/connect/endsession",
		"require_pushed_authorization_requests":            true,
		"authorization_response_iss_parameter_supported":   true,
		"code_challenge_methods_supported":                 []string{"S256"},
		"grant_types_supported":                            []string{"client_credentials", "authorization_code", "refresh_token"},
		"response_types_supported":                         []string{"code"},
		"response_modes_supported":                         []string{"query"},
		"scopes_supported":                                 append(p.machine.scopes, p.person.scopes...),
		"subject_types_supported":                          []string{"public"},
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": algs(),
		"dpop_signing_alg_values_supported":                algs(),
		"request_parameter_supported":                      true,
		"request_object_signing_alg_values_supported":      algs(),
		"id_token_signing_alg_values_supported":            []string{"PS256"},
	})
}

// authenticate is client authentication as HelseID's security profile has it:
// aud is the issuer and nothing else, typ is explicit, a minute at most, once.
func (p *FAPI) authenticate(form url.Values) (client, *core.Assertion, string) {
	assertion, err := p.core.ReadAssertion(form)
	if err != nil || form.Get("client_assertion_type") != core.AssertionType {
		return client{}, nil, "a client assertion is needed"
	}
	registered := p.machine
	if assertion.Text("sub") == p.person.id {
		registered = p.person
	}
	if id := form.Get("client_id"); id != "" && id != registered.id {
		return client{}, nil, "client_id is not that of the assertion"
	}
	return registered, assertion, p.issuer.client(assertion, core.Strict{
		Client: registered.id, Audience: p.url(), Typ: "client-authentication+jwt",
		Algs: algs(), Key: registered.key.Public(), Kid: registered.kid, Max: time.Minute, Skew: 10 * time.Second,
	})
}

// proof checks the DPoP proof of a request to the authorization server; on a
// refusal it has answered, and tells the nonce to use (RFC 9449 8).
func (p *FAPI) proof(w http.ResponseWriter, r *http.Request) (jkt string, ok bool) {
	w.Header().Set("DPoP-Nonce", p.nonces.Current())
	check := core.Proof{URL: p.core.URL + r.URL.Path, Server: p.name, Nonces: p.nonces}
	jkt, code, reason := check.Check(p.core, r)
	if code == "" && p.core.Faults.Take("nonce") {
		code, reason = "use_dpop_nonce", "fault nonce"
	}
	if code != "" {
		p.core.Refused(r, reason)
		core.OAuthError(w, http.StatusBadRequest, code, reason)
		return "", false
	}
	return jkt, true
}

// token: the client, its proof, then the grant. The assertion is spent even
// when a nonce is asked for: the retry needs a new one.
func (p *FAPI) token(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil {
		p.refuse(w, r, "invalid_request", err.Error())
		return
	}
	who, assertion, problem := p.authenticate(form)
	if problem != "" {
		p.refuse(w, r, "invalid_client", problem)
		return
	}
	jkt, ok := p.proof(w, r)
	if !ok {
		return
	}
	grant := form.Get("grant_type")
	allowed := false
	for _, g := range who.grants {
		allowed = allowed || g == grant
	}
	switch {
	case !allowed:
		p.refuse(w, r, "unauthorized_client", "the client may not use grant_type "+grant)
	case grant == "client_credentials":
		p.clientCredentials(w, r, form, who, assertion, jkt)
	case grant == "authorization_code":
		p.code(w, r, form, who, jkt)
	default:
		p.refresh(w, r, form, who, jkt)
	}
}

func (p *FAPI) clientCredentials(w http.ResponseWriter, r *http.Request, form url.Values, who client, a *core.Assertion, jkt string) {
	if form.Get("scope") != who.scopes[0] {
		p.refuse(w, r, "invalid_scope", "scope must be "+who.scopes[0])
		return
	}
	token, life := p.mint(who.id, "", who.scopes[0], "", jkt, organization(a))
	p.core.Answer(w, p.name, map[string]any{
		"access_token": token, "expires_in": int64(life / time.Second), "token_type": "DPoP", "scope": who.scopes[0],
	})
}

// guard is an API that takes DPoP tokens: the token under the DPoP scheme, and a
// proof with ath and a nonce of its own (RFC 9449 7 and 9).
func (p *FAPI) guard(w http.ResponseWriter, r *http.Request) (core.Access, bool) {
	w.Header().Set("DPoP-Nonce", p.apiNonces.Current())
	token, ok := core.Bearer(r, "DPoP")
	if !ok {
		return p.challenge(w, r, "invalid_token", "the DPoP scheme is needed")
	}
	access, known := p.core.Tokens.Look(p.name, token)
	check := core.Proof{URL: "http://" + r.Host + r.URL.EscapedPath(), AccessToken: token, Server: p.name + " api", Nonces: p.apiNonces}
	jkt, code, reason := check.Check(p.core, r)
	switch {
	case code != "":
		return p.challenge(w, r, code, reason)
	case known && access.JKT != jkt:
		return p.challenge(w, r, "invalid_token", "the token is bound to another key")
	}
	access, err := p.core.Tokens.Use(p.name, token, p.core.Now())
	if err != nil {
		return p.challenge(w, r, "invalid_token", err.Error())
	}
	return access, true
}

func (p *FAPI) challenge(w http.ResponseWriter, r *http.Request, code, reason string) (core.Access, bool) {
	p.core.Refused(r, reason)
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`DPoP error=%q, error_description=%q, algs="ES256 PS256"`, code, reason))
	w.WriteHeader(http.StatusUnauthorized)
	return core.Access{}, false
}
