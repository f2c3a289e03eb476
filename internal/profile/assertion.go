package profile

import "slices"

import (
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
	Audience string // see Audiences; or a literal
	Lifetime time.Duration
	// NotBefore adds nbf, which RFC 7523 3 leaves optional: a server whose clock
	// is behind refuses an assertion that has it.
	NotBefore bool
	JTI       bool
	Claims    []Field
	Headers   []Field
}

// GrantAssertion is the assertion that is the grant itself (RFC 7523 2.1),
// signed by the client and made anew for each request.
type GrantAssertion struct {
	Assertion
	Key     secret.Ref // zero: client.key
	Issuer  string     // see GrantIssuers; or a literal
	Subject string     // see GrantSubjects; or a literal
	Scope   string     // see GrantScopes: where the scopes go
}

// DefaultGrantAssertion is a block that is there and says nothing.
func DefaultGrantAssertion() GrantAssertion {
	a := Default().Assertion
	a.Lifetime = 2 * time.Minute // the most that Maskinporten takes
	return GrantAssertion{Assertion: a, Issuer: "client_id", Subject: "none", Scope: "claim"}
}

// GrantIssuers are the words of grant_assertion.issuer; anything else is the issuer itself.
func GrantIssuers() []string { return []string{"client_id"} }

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
