package klg

import (
	"net/http"
	"net/url"

	"authctl/internal/sandbox/core"
)

// Keycloak 26: an assertion may be 60 s old and the clock 15 s off.
const (
	maxAge    = 60
	clockSkew = 15
)

// authenticate says which client asks: the public one by its id alone, the
// other by a signed JWT.
func (p *Provider) authenticate(form url.Values) (client string, refused *refusal) {
	if form.Get("client_id") == deviceClient && form.Get("client_assertion") == "" {
		return deviceClient, nil
	}
	return clientID, p.signedJWT(form)
}

// nobody is Keycloak's answer when no authenticator could tell which client asks.
func nobody() *refusal {
	return &refusal{http.StatusUnauthorized, "invalid_client", "Invalid client or Invalid client credentials"}
}

// signedJWT is Keycloak's client authentication by signed JWT, check by check.
func (p *Provider) signedJWT(form url.Values) *refusal {
	invalid := func(text string) *refusal { return &refusal{http.StatusBadRequest, "invalid_client", text} }
	kind, known := form.Get("client_assertion_type"), form.Get("client_id") == clientID
	switch {
	case known && kind == "":
		return invalid("Parameter client_assertion_type is missing")
	case known && kind != core.AssertionType:
		return invalid("Parameter client_assertion_type has value '" + kind + "' but expected is '" + core.AssertionType + "'")
	case known && form.Get("client_assertion") == "":
		return invalid("client_assertion parameter missing")
	case kind != core.AssertionType:
		return nobody()
	}
	a, err := p.core.ReadAssertion(form)
	if err != nil {
		return nobody()
	}
	subject := a.Text("sub")
	if id := form.Get("client_id"); subject != clientID || a.Text("iss") != subject || id != "" && id != subject {
		return nobody()
	}
	for _, check := range []func(*core.Assertion) *refusal{p.checkKey, p.checkAudience, p.checkTime, p.checkReuse} {
		if refused := check(a); refused != nil {
			return refused
		}
	}
	return nil
}

// checkKey: the algorithm, the registered key by its kid, the signature.
func (p *Provider) checkKey(a *core.Assertion) *refusal {
	invalid := func(text string) *refusal { return &refusal{http.StatusBadRequest, "invalid_client", text} }
	kid, key := p.core.KeyOf(clientID, a, p.kid, p.certificate.PublicKey)
	switch {
	case a.Alg() != "RS256":
		return invalid("Invalid signature algorithm")
	case a.Kid() != kid: // Keycloak takes an assertion without kid; the gateway's page does not allow one
		return invalid("Unable to load public key")
	case a.Verify(key) != nil:
		return invalid("Client authentication with signed JWT failed: Signature on JWT token failed validation")
	}
	return nil
}

// checkAudience: the realm, and nobody else (one audience since 26.2).
func (p *Provider) checkAudience(a *core.Assertion) *refusal {
	audiences, _ := a.Audience()
	for _, aud := range audiences {
		if aud != p.realm() {
			continue
		}
		if len(audiences) > 1 {
			return &refusal{http.StatusBadRequest, "invalid_client", "Multiple audiences not allowed"}
		}
		return nil
	}
	return &refusal{http.StatusBadRequest, "invalid_client", "Invalid token audience"}
}

func (p *Provider) checkTime(a *core.Assertion) *refusal {
	now := a.Now.Unix()
	exp, hasExp := a.Time("exp")
	iat, hasIat := a.Time("iat")
	nbf, hasNbf := a.Time("nbf")
	text := ""
	switch {
	case !hasExp:
		text = "Token exp claim is required"
	case now >= exp, hasNbf && now+clockSkew < nbf:
		text = "Token is not active"
	case !hasIat && exp-now > maxAge:
		text = "Token expiration is too far in the future and iat claim not present in token"
	case hasIat && iat-clockSkew > now:
		text = "Token was issued in the future"
	case hasIat && now > iat+maxAge:
		text = "Token was issued too far in the past to be used now"
	case a.Text("jti") == "":
		text = "Token jti claim is required"
	default:
		return nil
	}
	return &refusal{http.StatusBadRequest, "invalid_client", text}
}

func (p *Provider) checkReuse(a *core.Assertion) *refusal {
	if !p.core.Replay.First("klg jti", a.Text("jti"), a.Now, a.Until(0)) {
		return &refusal{http.StatusBadRequest, "invalid_client", "Token reuse detected"}
	}
	return nil
}
