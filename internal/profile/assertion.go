package profile

import (
	"slices"
	"strings"
	"time"

	"authctl/internal/secret"
)

// JWTAssertion is client_assertion_type of RFC 7523 2.2.
const JWTAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Assertion shapes the client assertion (RFC 7523 2.2).
type Assertion struct {
	Alg      string // JWS alg; "" means the JWK's own, else the key type's default
	Typ      string // see Typs
	KID      string // see KIDs; or a literal
	X5C      bool   // the certificate chain in the header (RFC 7515 4.1.6)
	Issuer   string // see Issuers; or a literal
	Audience string // see Audiences; or a literal
	Lifetime time.Duration
	// NotBefore adds nbf, which RFC 7523 3 leaves optional: a server whose clock
	// is behind refuses an assertion that has it.
	NotBefore bool
	JTI       bool
	Claims    []Field
	Headers   []Field
}

// Certified is true for an assertion whose header shows the key's certificate.
func (a *Assertion) Certified() bool { return a.X5C || strings.HasPrefix(a.KID, "x5t") }

// GrantAssertion is the assertion that is the grant itself (RFC 7523 2.1),
// signed by the client and made anew for each request.
type GrantAssertion struct {
	Assertion
	Key     secret.Ref // zero: client.key
	Subject string     // see GrantSubjects; or a literal
	Scope   string     // see GrantScopes: where the scopes go
}

// DefaultGrantAssertion is a block that is there and says nothing.
func DefaultGrantAssertion() GrantAssertion {
	a := Default().Assertion
	a.Lifetime = 2 * time.Minute // the most that Maskinporten takes
	return GrantAssertion{Assertion: a, Subject: "none", Scope: "claim"}
}

// Issuers are the words of an assertion's issuer; anything else is the issuer itself.
func Issuers() []string { return []string{"client_id"} }

// IssuedBy is the iss claim of a (RFC 7523 3).
func (p *Profile) IssuedBy(a *Assertion) string {
	if a.Issuer == "client_id" {
		return p.Client.ID
	}
	return a.Issuer
}

// GrantSubjects are the words of grant_assertion.subject; anything else is the subject itself.
func GrantSubjects() []string { return []string{"none", "client_id"} }

// GrantScopes are the values of grant_assertion.scope.
func GrantScopes() []string { return []string{"claim", "parameter"} }

// GrantKey is the reference to the key that signs the grant, and its field.
func (p *Profile) GrantKey() RefAt {
	if a := p.GrantAssertion; a != nil && !a.Key.IsZero() {
		return RefAt{"grant_assertion.key", a.Key}
	}
	return RefAt{ClientKey, p.Client.Key}
}

// DetailTypes are the types of the authorization details.
func (p *Profile) DetailTypes() (types []string) {
	list, _ := p.AuthorizationDetails.([]any)
	for _, item := range list {
		object, _ := item.(map[string]any)
		kind, _ := object["type"].(string)
		types = append(types, kind)
	}
	return types
}

// Details are the authorization details to ask for, nil for none: an empty list
// takes out what a preset gave.
func (p *Profile) Details() any {
	if len(p.DetailTypes()) == 0 {
		return nil
	}
	return p.AuthorizationDetails
}

// RequestAlg is the algorithm of the request object, "" for the key's own.
func (p *Profile) RequestAlg() string {
	if o := p.Login.RequestObject; o != nil && o.Alg != "" {
		return o.Alg
	}
	if slices.Contains(SignatureAlgs(), p.Assertion.Alg) { // not the HS256 of a client_secret_jwt
		return p.Assertion.Alg
	}
	return ""
}
