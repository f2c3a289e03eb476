package metadata

import (
	"slices"

	"authctl/internal/endpoint"
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
	// RFC 9101 9 and 10.5; NoObjects: the document says that there are none.
	NoObjects, RequireObjects bool
	ObjectAlgs                []string // request_object_signing_alg_values_supported
	ResponseModes             []string // response_modes_supported
	DetailTypes               []string // authorization_details_types_supported (RFC 9396 10)
}

// parse reads a discovery document (RFC 8414 2). What cannot be read counts as
// absent: what is needed is then missed by name.
func parse(a endpoint.Answer) (Endpoints, error) {
	m, err := a.Members()
	if err != nil {
		return Endpoints{}, err
	}
	alias := m.Object("mtls_endpoint_aliases")
	methods := m.List("token_endpoint_auth_methods_supported")
	if methods != nil && slices.Contains(m.List("capabilities"), "client-public") {
		methods = append(methods, "none") // SMART App Launch lists it there alone
	}
	return Endpoints{
		Issuer: m.Text("issuer"), Token: m.Text(tokenEndpoint), Authorize: m.Text("authorization_endpoint"), PAR: m.Text(parEndpoint),
		Device: m.Text(deviceEndpoint), JWKS: m.Text("jwks_uri"), Revocation: m.Text(revocationEndpoint), EndSession: m.Text("end_session_endpoint"),
		IssInCallback: m.Bool("authorization_response_iss_parameter_supported"),
		RequirePAR:    m.Bool("require_pushed_authorization_requests"),
		Aliases: Aliases{
			Token: alias.Text(tokenEndpoint), PAR: alias.Text(parEndpoint), Device: alias.Text(deviceEndpoint), Revocation: alias.Text(revocationEndpoint),
		},
		Offers: Offers{
			AuthMethods: methods,
			SigningAlgs: m.List("token_endpoint_auth_signing_alg_values_supported"),
			Grants:      m.List("grant_types_supported"),
			Scopes:      m.List("scopes_supported"),
			DPoPAlgs:    m.List("dpop_signing_alg_values_supported"),
			IDTokenAlgs: m.List("id_token_signing_alg_values_supported"),
			NoObjects:   m.Denies("request_parameter_supported"), RequireObjects: m.Bool("require_signed_request_object"),
			ObjectAlgs: m.List("request_object_signing_alg_values_supported"), ResponseModes: m.List("response_modes_supported"),
			DetailTypes: m.List("authorization_details_types_supported"),
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
