package metadata

// Need names an endpoint that a command cannot do without: the profile field
// that would give it, and its URL, "" while unknown.
type Need func(Endpoints) (name, url string)

// NeedToken is the token endpoint.
func NeedToken(e Endpoints) (name, url string) { return "token_url", e.Token }

// NeedAuthorize is the authorization endpoint.
func NeedAuthorize(e Endpoints) (name, url string) { return "authorize_url", e.Authorize }

// NeedDevice is the device authorization endpoint (RFC 8628 3.1).
func NeedDevice(e Endpoints) (name, url string) { return "device_authorization_url", e.Device }

// NeedJWKS is where the server's public keys are.
func NeedJWKS(e Endpoints) (name, url string) { return "jwks_url", e.JWKS }

// NeedRevocation is the revocation endpoint (RFC 7009 2).
func NeedRevocation(e Endpoints) (name, url string) { return "revocation_url", e.Revocation }

// NeedEndSession is where a person's session at the server ends (OpenID
// Connect RP-Initiated Logout 2).
func NeedEndSession(e Endpoints) (name, url string) { return "end_session_url", e.EndSession }

// NeedIssuer is who the server is.
func NeedIssuer(e Endpoints) (name, url string) { return "issuer", e.Issuer }

// NeedCallbackIssuer is what iss in the answer of a login is held to, where the
// server announces it (RFC 9207 2.4).
func NeedCallbackIssuer(e Endpoints) (name, url string) {
	if !e.IssInCallback {
		return "issuer", "none"
	}
	return NeedIssuer(e)
}

func firstMissing(e Endpoints, needs []Need) string {
	for _, need := range needs {
		if name, value := need(e); value == "" {
			return name
		}
	}
	return ""
}
