package profile

import "slices"

// Fields of the profile that hold what a client proves itself with.
const (
	ClientSecret    = "client.secret"
	ClientKey       = "client.key"
	ClientAssertion = "client.assertion"
	TLSCertificate  = "tls.client_certificate"
)

// AuthMethod is one value of client.auth and all that authctl decides by it.
// How it is sent is in internal/clientauth.
type AuthMethod struct {
	Name  string   // of client.auth
	Wire  string   // as servers list it (RFC 8414 2, token_endpoint_auth_methods_supported)
	Needs []string // the fields that it cannot do without, the proof itself first; none for a public client
	Takes []string // the fields that it uses where they are set
	Signs bool     // authctl signs the client assertion itself (RFC 7523 2.2)
	Sends string   // the parameters that it sets, blank-separated
	Basic bool     // it is the Authorization header, spelt as client.basic_encoding says
}

// AuthMethods are the values of client.auth: the IANA names of OAuth token
// endpoint authentication methods, and federated, a private_key_jwt whose
// assertion another party signed (RFC 7523 3).
func AuthMethods() []AuthMethod {
	const assertion = "client_id client_assertion_type client_assertion"
	return []AuthMethod{
		{Name: "client_secret_basic", Wire: "client_secret_basic", Needs: []string{ClientSecret}, Basic: true},
		{Name: "client_secret_post", Wire: "client_secret_post", Needs: []string{ClientSecret}, Sends: "client_id client_secret"},
		{Name: "client_secret_jwt", Wire: "client_secret_jwt", Needs: []string{ClientSecret}, Signs: true, Sends: assertion},
		{
			Name: "private_key_jwt", Wire: "private_key_jwt", Needs: KeyFields()[:1], Signs: true,
			Takes: KeyFields()[1:], Sends: assertion,
		},
		{Name: "tls_client_auth", Wire: "tls_client_auth", Needs: []string{TLSCertificate}, Sends: "client_id"},
		{Name: "self_signed_tls_client_auth", Wire: "self_signed_tls_client_auth", Needs: []string{TLSCertificate}, Sends: "client_id"},
		{Name: "federated", Wire: "private_key_jwt", Needs: []string{ClientAssertion}, Sends: assertion},
		{Name: "none", Wire: "none", Sends: "client_id"},
	}
}

// KeyFields are the client's key and what goes with it.
func KeyFields() []string {
	return []string{ClientKey, "client.key_passphrase", "client.certificate"}
}

// Method is client.auth; one that is unknown has its name alone.
func (c Client) Method() AuthMethod {
	for _, m := range AuthMethods() {
		if m.Name == c.Auth {
			return m
		}
	}
	return AuthMethod{Name: c.Auth}
}

// Uses is true for a field that m needs or takes.
func (m AuthMethod) Uses(field string) bool {
	return slices.Contains(m.Needs, field) || slices.Contains(m.Takes, field)
}

// Public is a client that proves nothing (RFC 6749 2.1).
func (m AuthMethod) Public() bool { return len(m.Needs) == 0 }

// MutualTLS is a client whose proof is its certificate in the handshake (RFC 8705 2).
func (m AuthMethod) MutualTLS() bool { return slices.Contains(m.Needs, TLSCertificate) }

// Algs are the values of assertion.alg under m.
func (m AuthMethod) Algs() []string {
	if m.Signs && m.Uses(ClientSecret) {
		return MACAlgs()
	}
	return SignatureAlgs()
}

// needed is how a profile of that name says each field that a method needs.
func needed(name string) map[string]string {
	secret := "client.secret: keyring:client_secret"
	if name == Alone { // which has no items of the keyring
		secret = "--set client.secret=env:NAME, or file:PATH"
	}
	return map[string]string{
		ClientSecret:    secret,
		ClientKey:       "client.key: file:PATH of the private key (PEM, JWK, PKCS#12)",
		ClientAssertion: "client.assertion: file:PATH of the assertion, read anew for every request",
		TLSCertificate:  "tls.client_certificate: file:PATH",
	}
}
