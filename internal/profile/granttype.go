package profile

// GrantType is one value of grant and all that authctl decides by it. What it
// sends is in internal/grant.
type GrantType struct {
	Name      string   // of grant
	Wire      string   // its grant_type, as servers list it too (RFC 8414 2, grant_types_supported)
	Endpoints []string // beside the token endpoint it needs one of these fields, or what discovery finds for it
	Login     bool     // a person logs in for it: at the server where it has Endpoints, else with a password here
	Person    bool     // a person begins it, by a login or with a token of their own: `token` cannot
	Trades    bool     // it trades exchange.subject_token
	Signs     bool     // the client may sign what it trades itself: grant_assertion
	Sends     string   // the parameters that it sets itself, blank-separated
	Starts    string   // the command that begins its session, which only a refresh renews; "" where there is none
	Once      bool     // no fault repeats its request, which may have spent what it hands in (RFC 6749 4.1.2, 10.4)
}

// GrantTypes are the values of grant. Where a registration allows several, the
// first of them is the profile's.
func GrantTypes() []GrantType {
	const urn = "urn:ietf:params:oauth:grant-type:"
	const sends = "grant_type scope audience resource authorization_details"
	return []GrantType{
		{Name: "client_credentials", Wire: "client_credentials", Sends: sends},
		{
			Name: "authorization_code", Wire: "authorization_code", Endpoints: []string{AuthorizeURL, DeviceAuthorizationURL},
			Login: true, Person: true, Once: true, Starts: "login-pkce -p {profile}", Sends: sends + " code redirect_uri code_verifier",
		},
		{
			Name: "device_code", Wire: urn + "device_code", Endpoints: []string{DeviceAuthorizationURL}, // RFC 8628 3.4
			Login: true, Person: true, Once: true, Starts: "login-device -p {profile}", Sends: sends + " device_code code_verifier",
		},
		{ // RFC 8693 2.1
			Name: "token_exchange", Wire: urn + "token-exchange",
			Trades: true, Starts: "exchange -p {profile} --subject-token FILE",
			Sends: sends + " subject_token subject_token_type subject_issuer requested_token_type actor_token actor_token_type",
		},
		{Name: "jwt_bearer", Wire: urn + "jwt-bearer", Trades: true, Signs: true, Sends: sends + " assertion"}, // RFC 7523 2.1
		{Name: "saml2_bearer", Wire: urn + "saml2-bearer", Trades: true, Sends: sends + " assertion"},          // RFC 7522 2.1
		{
			Name: "refresh_token", Wire: "refresh_token",
			Person: true, Once: true, Starts: "refresh -p {profile} --refresh-token FILE", Sends: sends + " refresh_token",
		},
		{ // RFC 6749 4.3; a wrong password counts, and the code of a second factor is spent
			Name: "password", Wire: "password",
			Login: true, Person: true, Once: true, Starts: "login-password -p {profile}", Sends: sends + " username password",
		},
	}
}

// Endpoints where a login begins: fields of the profile.
const (
	AuthorizeURL           = "authorize_url"
	DeviceAuthorizationURL = "device_authorization_url"
)

// GrantNamed is the grant of that name; one that is unknown has its name alone.
func GrantNamed(name string) GrantType {
	for _, g := range GrantTypes() {
		if g.Name == name {
			return g
		}
	}
	return GrantType{Name: name}
}

// GrantOnWire is the grant of that grant_type; one that is unknown has that as its name.
func GrantOnWire(wire string) GrantType {
	for _, g := range GrantTypes() {
		if g.Wire == wire {
			return g
		}
	}
	return GrantType{Name: wire}
}

// GrantType is the profile's grant.
func (p *Profile) GrantType() GrantType { return GrantNamed(p.Grant) }

// Session is true where the grant begins a session.
func (g GrantType) Session() bool { return g.Starts != "" }

// Exchanges is a grant whose session begins with a subject token (RFC 8693).
func (g GrantType) Exchanges() bool { return g.Trades && g.Session() }

// ForItself is a grant by which the client speaks for no one else (RFC 6749 4.4).
func (g GrantType) ForItself() bool { return g.Wire != "" && !g.Person && !g.Trades }

// AtServer is a grant whose person logs in at a page of the server.
func (g GrantType) AtServer() bool { return g.Login && len(g.Endpoints) > 0 }

// Lacks is true where g needs an endpoint and p names none for it.
func (g GrantType) Lacks(p *Profile) bool {
	urls := map[string]string{AuthorizeURL: p.AuthorizeURL, DeviceAuthorizationURL: p.DeviceAuthorizationURL}
	for _, field := range g.Endpoints {
		if urls[field] != "" {
			return false
		}
	}
	return len(g.Endpoints) > 0
}
