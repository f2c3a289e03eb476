package entra

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	exchangeAudience = "api://AzureADTokenExchange"
	workloadSubject  = "system:serviceaccount:default:authctl"
	clockSkew        = 5 * time.Minute
)

// assertion: a JWT signed with the application's certificate, or a federated
// token of the workload issuer; the header tells which (a certificate's names itself).
func (p *Provider) assertion(form url.Values) *refusal {
	a, err := p.core.ReadAssertion(form)
	if err != nil {
		return invalidClient(50027, "JWT token is invalid or malformed.")
	}
	if a.Text("iss") == p.workloadIssuer() {
		return p.federated(a)
	}
	return p.certified(a)
}

// certified: PS256 with x5t#S256, or RS256 with x5t; aud is the token URL
// without the page's trailing slash.
func (p *Provider) certified(a *core.Assertion) *refusal {
	sum1, sum256 := sha1.Sum(p.certificate.Raw), sha256.Sum256(p.certificate.Raw)
	named := a.Alg() == "PS256" && a.Header["x5t#S256"] == base64.RawURLEncoding.EncodeToString(sum256[:]) ||
		a.Alg() == "RS256" && a.Header["x5t"] == base64.RawURLEncoding.EncodeToString(sum1[:])
	if !named {
		return invalidClient(700027, "The certificate with identifier used to sign the client assertion is not registered on application.")
	}
	if a.Verify(p.certificate.PublicKey) != nil {
		return invalidClient(700027, "Client assertion failed signature validation.")
	}
	if a.Text("iss") != clientID || a.Text("sub") != clientID {
		return invalidClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
	}
	if aud, single := a.Audience(); !single || aud[0] != strings.TrimSuffix(p.tokenURL(), "/") {
		return invalidClient(700023, "Client assertion audience claim does not match Realm issuer.")
	}
	return inTime(a)
}

// federated: the workload issuer's own token, with the fixed exchange audience.
func (p *Provider) federated(a *core.Assertion) *refusal {
	if !p.workload.Verifies(a.JWS) {
		return invalidClient(700027, "Client assertion failed signature validation.")
	}
	if aud, single := a.Audience(); !single || aud[0] != exchangeAudience {
		return invalidClient(700212, "No matching federated identity record found for presented assertion audience.")
	}
	if a.Text("sub") != workloadSubject {
		return invalidClient(700213, "No matching federated identity record found for presented assertion subject.")
	}
	return inTime(a)
}

func inTime(a *core.Assertion) *refusal {
	exp, has := a.Time("exp")
	nbf, _ := a.Time("nbf")
	if !has || a.Now.After(time.Unix(exp, 0).Add(clockSkew)) || a.Now.Before(time.Unix(nbf, 0).Add(-clockSkew)) {
		return invalidClient(700024, "Client assertion is not within its valid time range.")
	}
	return nil
}

func (p *Provider) workloadIssuer() string { return p.core.URL + "/ardengem/workload" }

// workloadToken is what a platform would project into a file.
func (p *Provider) workloadToken() string {
	now := p.core.Now()
	return p.workload.Sign("JWT", map[string]any{
		"iss": p.workloadIssuer(), "sub": workloadSubject, "aud": exchangeAudience,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(24 * time.Hour).Unix(),
	})
}
