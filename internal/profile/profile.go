// Package profile is the profile as data: one value type for everything that
// makes one authorization server different from another, the presets that
// ship with authctl, and the rules a profile must obey. A quirk is a value
// here and never a branch in code. The YAML reader is internal/config.
package profile

import (
	"strings"
	"time"

	"authctl/internal/secret"
)

// Set is a whole profiles file, with its profiles.d, in the order of the file.
type Set struct {
	Default  string
	Store    string // keyring | file | none; "" when the user did not choose
	Profiles []Profile
}

// Profile is one named way to get tokens. Field names are the YAML keys of docs/profiles.md.
type Profile struct {
	Name   string
	Preset string

	Issuer                 string
	TokenURL               string
	AuthorizeURL           string
	PARURL                 string // RFC 9126
	DeviceAuthorizationURL string // RFC 8628
	JWKSURL                string
	RevocationURL          string // RFC 7009
	EndSessionURL          string // OpenID Connect RP-Initiated Logout
	Discovery              string // auto | always | never
	DiscoveryURL           string // of the document itself; "": where issuer leads
	InsecureHTTP           bool   // http beyond loopback was asked for

	Client    Client
	Assertion Assertion
	// GrantAssertion is the assertion of jwt_bearer that the client signs itself;
	// nil: exchange.subject_token is the assertion.
	GrantAssertion *GrantAssertion
	Grant          string // see GrantTypes
	Scopes         []string
	Audience       []string
	Resource       []string
	// AuthorizationDetails is a list of JSON objects, each with its type (RFC 9396 2); nil: none.
	AuthorizationDetails any
	Exchange             Exchange
	STS                  STS
	Login                Login
	Request              Request
	Token                TokenPolicy
	DPoP                 DPoP
	API                  API
	TLS                  TLS
	Hints                []Hint
	Environments         []Environment // of the preset

	// Source maps a YAML path such as "client.auth" to where it was written,
	// "file:line:column"; for messages only.
	Source map[string]string
}

// Client is how the client names and proves itself to the authorization server.
type Client struct {
	ID            string
	Auth          string // see AuthMethods
	Secret        secret.Ref
	BasicEncoding string // form (RFC 6749 2.3.1) | raw (as curl --user)
	Key           secret.Ref
	KeyPassphrase secret.Ref // of an encrypted PKCS#8 or PKCS#12 key
	Certificate   secret.Ref
	Assertion     secret.Ref // federated: read anew for every request
	AssertionType string     // client_assertion_type, a URI
}

// Exchange is RFC 8693 token exchange, and the assertion of the RFC 7523 and RFC 7522 grants.
type Exchange struct {
	SubjectToken       secret.Ref
	SubjectTokenType   string // see TokenTypes; or a URI
	SubjectIssuer      string
	RequestedTokenType string
	ActorToken         secret.Ref
	ActorTokenType     string
}

// Login is the authorization code flow with PKCE.
type Login struct {
	RedirectURI  string // port 0: any free port
	Pushed       string // auto | require | never (RFC 9126)
	ResponseMode string // query | jwt | query.jwt (JARM 2.3)
	// RequestObject signs the authorization request (RFC 9101); nil: it is plain.
	RequestObject *RequestObject
	Params        []Field
	MFAParam      string // the parameter that carries the code of a second factor beside a password
}

// RequestObject is an authorization request signed with client.key, whose kid
// and x5c are those of the client assertion.
type RequestObject struct {
	Alg      string // JWS alg; "" means assertion.alg, else the JWK's own or the key type's default
	Lifetime time.Duration
}

// SignedAnswer is true where the answer to a login is asked for in a JWT (JARM).
func (p *Profile) SignedAnswer() bool { return strings.HasSuffix(p.Login.ResponseMode, "jwt") }

// DefaultRequestObject is a block that is there and says nothing: without a pushed
// request, the object is good for as long as a person may take to open the address.
func DefaultRequestObject() RequestObject { return RequestObject{Lifetime: 5 * time.Minute} }

// Request is what every request to the token endpoint carries.
type Request struct {
	Encoding string // form | json
	Accept   string
	Params   []Field
	Headers  []Field
	Omit     []string // standard parameters this server does not want
}

// Field is one named value: a literal, a secret, or Basic credentials. Exactly one is set.
type Field struct {
	Name   string
	Value  any // string, or any JSON value in assertion.claims and JSON bodies
	Secret *secret.Ref
	Basic  *Basic
}

// Basic is a computed credential: SCHEME base64(username:password).
type Basic struct {
	Username string
	Password secret.Ref
	Scheme   string // spelled as given; "" means Basic
}

// TokenPolicy is which token of an answer is used, and how long it may be kept.
type TokenPolicy struct {
	Select    string // see TokenSelects
	SingleUse bool
	// IDTokenExpiry says that the token ends with the id_token that came with
	// it, where expires_in claims more: for servers whose unit is in doubt.
	IDTokenExpiry bool
	MinTTL        time.Duration
	// DefaultLifetime is how long a token is kept whose answer has no
	// expires_in (RFC 6749 5.1 only recommends it); 0: unknown.
	DefaultLifetime time.Duration
}

// DPoP is RFC 9449.
type DPoP struct {
	Enabled bool
	Alg     string
	Key     secret.Ref // zero: a key is made, and kept with the token
}

// API is how the token is used.
type API struct {
	Scheme            string   // of the Authorization header, spelled as given
	Hosts             []string // host or host:port where `curl` may send it
	BaseURL           string   // what a relative path of `curl` is joined to; "" means https://<first host>
	Headers           []Field
	RetryUnauthorized bool
	KeepOn            []string // a 401 whose body contains one of these is not about the token
}

// TLS is trust and mutual TLS (RFC 8705).
type TLS struct {
	CA                secret.Ref
	ClientCertificate secret.Ref
	ClientKey         secret.Ref // zero: it is in the file of ClientCertificate
	// ClientKeyPassphrase is of an encrypted PKCS#8 key or a PKCS#12 file.
	ClientKeyPassphrase secret.Ref
}

// Hint says something helpful when the server's error text contains Match.
type Hint struct {
	Match string
	Say   string
}

// DefaultMinTTL is the least remaining life of a token that is handed out (docs/profiles.md).
const DefaultMinTTL = 60 * time.Second

// Default is a profile with every default of docs/profiles.md filled in.
func Default() Profile {
	return Profile{
		Discovery: "auto",
		Client:    Client{Auth: "client_secret_basic", BasicEncoding: "form", AssertionType: JWTAssertion},
		Assertion: Assertion{Typ: "JWT", KID: "jwk", Issuer: "client_id", Audience: "issuer", Lifetime: time.Minute, JTI: true},
		Grant:     "client_credentials",
		STS:       DefaultSTS(),
		Login:     Login{RedirectURI: "http://127.0.0.1:0/callback", Pushed: "auto", ResponseMode: "query", MFAParam: "x_mfa"},
		Request:   Request{Encoding: "form", Accept: "application/json"},
		Token:     TokenPolicy{Select: "access_token", MinTTL: DefaultMinTTL},
		DPoP:      DPoP{Alg: "ES256"},
		API:       API{Scheme: "Bearer", RetryUnauthorized: true},
	}
}
