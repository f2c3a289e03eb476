package metadata

import (
	"encoding/json"
	"errors"
)

// Offers is what a server says it can do; nil where it does not say. It
// informs: what is not listed may work all the same, but for IDTokenAlgs, to which
// an id_token is held.
type Offers struct {
	AuthMethods []string // token_endpoint_auth_methods_supported
	SigningAlgs []string // of client assertions: token_endpoint_auth_signing_alg_values_supported
	Grants      []string // grant_types_supported
	Scopes      []string // scopes_supported
	DPoPAlgs    []string // RFC 9449 5.1
	IDTokenAlgs []string // id_token_signing_alg_values_supported
}

var errNoDocument = errors.New("the answer is no discovery document")

// parse reads a discovery document (RFC 8414 2). A member of another type than
// the standard's counts as absent: what is needed is then missed by name, and
// what only informs stands in nobody's way.
func parse(body []byte) (Endpoints, error) {
	var m members
	if err := json.Unmarshal(body, &m); err != nil || m == nil {
		return Endpoints{}, errNoDocument
	}
	var alias members
	_ = json.Unmarshal(m["mtls_endpoint_aliases"], &alias)
	return Endpoints{
		Issuer: m.text("issuer"), Token: m.text(tokenEndpoint), Authorize: m.text("authorization_endpoint"), PAR: m.text(parEndpoint),
		Device: m.text(deviceEndpoint), JWKS: m.text("jwks_uri"), Revocation: m.text(revocationEndpoint), EndSession: m.text("end_session_endpoint"),
		IssInCallback: m.yes("authorization_response_iss_parameter_supported"),
		RequirePAR:    m.yes("require_pushed_authorization_requests"),
		Aliases: Aliases{
			Token: alias.text(tokenEndpoint), PAR: alias.text(parEndpoint), Device: alias.text(deviceEndpoint), Revocation: alias.text(revocationEndpoint),
		},
		Offers: Offers{
			AuthMethods: m.list("token_endpoint_auth_methods_supported"),
			SigningAlgs: m.list("token_endpoint_auth_signing_alg_values_supported"),
			Grants:      m.list("grant_types_supported"),
			Scopes:      m.list("scopes_supported"),
			DPoPAlgs:    m.list("dpop_signing_alg_values_supported"),
			IDTokenAlgs: m.list("id_token_signing_alg_values_supported"),
		},
	}, nil
}

// Members that a document and its aliases share.
const (
	tokenEndpoint      = "token_endpoint"
	parEndpoint        = "pushed_authorization_request_endpoint"
	deviceEndpoint     = "device_authorization_endpoint"
	revocationEndpoint = "revocation_endpoint"
)

type members map[string]json.RawMessage

func (m members) text(name string) string {
	var s string
	if json.Unmarshal(m[name], &s) != nil {
		return ""
	}
	return s
}

// yes takes "true" for true: what is announced so makes a client stricter.
func (m members) yes(name string) bool {
	var b bool
	return json.Unmarshal(m[name], &b) == nil && b || m.text(name) == "true"
}

func (m members) list(name string) []string {
	var l []string
	if json.Unmarshal(m[name], &l) != nil {
		return nil
	}
	return l
}
