// Package entra imitates Microsoft Entra ID's v2 token endpoint and an Azure
// API Management gateway behind it, as the Arden & GEM (NHS) wiki describes
// them: form requests, AADSTS errors, a subscription key beside the token.
package entra

import (
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	name = "ardengem"
	// The page's tenant and application are no valid GUIDs: no client may insist on one.
	tenant   = "abc1234567-03ab-6b70-8a27-abc12345"
	clientID = "12345"
	resource = "api://e5g957k-75c6-4be7-af7b-f0b70440d0a2"
	lifetime = 3599 * time.Second
)

// Provider is one tenant with one application, and the API behind APIM.
type Provider struct {
	core            *core.Core
	clientSecret    string
	subscriptionKey string
	signer          *core.Signer
	key             *rsa.PrivateKey
	certificate     *x509.Certificate
	workload        *core.Signer // the foreign issuer of federated credentials
}

// New makes the tenant's secrets and the application's certificate.
func New(c *core.Core) (*Provider, error) {
	p := &Provider{
		core: c, signer: core.NewSigner("RS256"), workload: core.NewSigner("RS256"),
		clientSecret: c.Hex(4) + "~8Q" + c.Hex(14), subscriptionKey: c.Hex(16),
	}
	var err error
	p.key, p.certificate, err = core.NewCertificate("authctl sandbox application", c.Now())
	return p, err
}

func (p *Provider) path() string { return "/ardengem/" + tenant + "/oauth2/v2.0/token/" }

// tokenURL is the page's, trailing slash and all.
func (p *Provider) tokenURL() string { return p.core.URL + p.path() }

// Routes mounts the token endpoint, the key set and the API.
func (p *Provider) Routes(mux *http.ServeMux) {
	token := p.core.TokenEndpoint(name, p.token)
	mux.Handle(p.path()+"{$}", token)
	// Without the page's slash the URL is another one: a client must send it as configured.
	mux.HandleFunc(strings.TrimSuffix(p.path(), "/"), http.NotFound)
	mux.HandleFunc("/ardengem/{tenant}/oauth2/v2.0/token/{$}", func(w http.ResponseWriter, r *http.Request) {
		(&refusal{
			http.StatusBadRequest, "invalid_request", 90002,
			fmt.Sprintf("Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", r.PathValue("tenant")),
		}).write(p.core, w, r)
	})
	mux.Handle("GET /ardengem/"+tenant+"/discovery/v2.0/keys", p.signer)
	p.core.API(mux, "/ardengem/api", p.guard)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		(&refusal{
			http.StatusBadRequest, "invalid_request", 900561,
			"The endpoint only accepts POST requests. Received a " + r.Method + " request.",
		}).write(p.core, w, r)
		return
	}
	form, err := core.Form(r)
	if err != nil {
		missing("grant_type").write(p.core, w, r)
		return
	}
	if refused := p.check(form); refused != nil {
		refused.write(p.core, w, r)
		return
	}
	now := p.core.Now()
	life := p.core.Lifetime(lifetime)
	claims := map[string]any{
		"aud": resource, "iss": p.core.URL + "/ardengem/" + tenant + "/v2.0", "appid": clientID, "tid": tenant,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(life).Unix(), "uti": p.core.Hex(11), "ver": "2.0",
	}
	access := p.signer.Sign("JWT", claims)
	p.core.Tokens.Put(access, core.Access{
		Provider: name, Client: clientID, Subject: clientID, Scope: resource, Expires: now.Add(life), Claims: claims,
	})
	p.core.Answer(w, name, map[string]any{
		"token_type": "Bearer", "expires_in": int64(life / time.Second), "ext_expires_in": int64(life / time.Second), "access_token": access,
	})
}

func (p *Provider) check(form url.Values) *refusal {
	for _, parameter := range []string{"grant_type", "client_id"} {
		if form.Get(parameter) == "" {
			return missing(parameter)
		}
	}
	if grant := form.Get("grant_type"); grant != "client_credentials" {
		return &refusal{
			http.StatusBadRequest, "unsupported_grant_type", 70003,
			fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant),
		}
	}
	if id := form.Get("client_id"); id != clientID {
		return &refusal{
			http.StatusBadRequest, "unauthorized_client", 700016,
			fmt.Sprintf("Application with identifier '%s' was not found in the directory '%s'.", id, tenant),
		}
	}
	if refused := p.authenticate(form); refused != nil {
		return refused
	}
	return checkScope(form.Get("scope"))
}

func (p *Provider) authenticate(form url.Values) *refusal {
	secret, assertion := form.Get("client_secret"), form.Get("client_assertion")
	switch {
	case assertion != "" && form.Get("client_assertion_type") != core.AssertionType:
		return missing("client_assertion_type")
	case assertion != "":
		return p.assertion(form)
	case secret == "":
		return invalidClient(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	case subtle.ConstantTimeCompare([]byte(secret), []byte(p.clientSecret)) != 1:
		return invalidClient(7000215, fmt.Sprintf("Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", clientID))
	}
	return nil
}

// checkScope: one resource with /.default, as client credentials need it.
func checkScope(scope string) *refusal {
	switch {
	case scope == "":
		return missing("scope")
	case strings.Contains(scope, " ") || !strings.HasSuffix(scope, "/.default"):
		return &refusal{
			http.StatusBadRequest, "invalid_scope", 1002012,
			fmt.Sprintf("The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope),
		}
	case scope != resource+"/.default":
		return &refusal{
			http.StatusBadRequest, "invalid_resource", 500011,
			fmt.Sprintf("The resource principal named %s was not found in the tenant named %s.", strings.TrimSuffix(scope, "/.default"), tenant),
		}
	}
	return nil
}
