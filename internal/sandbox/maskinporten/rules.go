package maskinporten

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"authctl/internal/sandbox/core"
)

const (
	maxLife    = 120 // s from iat to exp
	clockSkew  = 10  // s that iat may be ahead of the server's clock
	systemUser = "urn:altinn:systemuser"
)

type grant = core.Assertion

// rule is one thing that is asked of a grant, and how it is refused.
type rule struct {
	why     string // for the sandbox's log: the page tells less than it knows
	broken  func(*grant) bool
	refusal refusal
}

func algs() []string { return []string{"RS256", "RS384", "RS512"} }

// known are the claims of a grant; any other one, such as nbf or sub, is refused.
func known() []string {
	return []string{"aud", "iss", "scope", "iat", "exp", "jti", "resource", "consumer_org", "authorization_details"}
}

// authentication says who asks: the header, the key and the claims of RFC 7523 3.
func (p *Provider) authentication() []rule {
	other := unauthenticated("MP-100", "")
	return []rule{
		{"a claim is not one of the grant's", unknownClaim, invalidValue()},
		{"iss is not a client", func(a *grant) bool { return a.Text("iss") != clientID }, unauthenticated("MP-100", "Client not found")},
		{"alg must be RS256, RS384 or RS512", func(a *grant) bool { return !slices.Contains(algs(), a.Alg()) }, other},
		{
			"the header has neither kid nor x5c", func(a *grant) bool { return a.Header["kid"] == nil && a.Header["x5c"] == nil },
			unauthenticated("MP-100", "Invalid JWT. The client requires pre-registered jwk and no key identifier (kid) provided"),
		},
		{"the header has kid and x5c", func(a *grant) bool { return a.Header["kid"] != nil && a.Header["x5c"] != nil }, other},
		{"x5c is not an array of certificates", func(a *grant) bool { return a.Header["x5c"] != nil && leaf(a) == nil }, unauthenticated("MP-123", "Invalid JWT header x5c")},
		{
			"x5c is not the client's certificate", func(a *grant) bool { return a.Header["x5c"] != nil && !slices.Equal(leaf(a), p.certificate.Raw) },
			unauthenticated("MP-120", "The JWT is signed with an invalid certificate"),
		},
		{"kid is not that of a registered key", func(a *grant) bool { return a.Header["x5c"] == nil && p.keyUntil[a.Kid()].IsZero() }, other},
		{"the key was registered more than a year ago", func(a *grant) bool { return a.Header["x5c"] == nil && a.Now.After(p.keyUntil[a.Kid()]) }, unauthenticated("MP-121", "Expired key")},
		{"the signature does not verify", func(a *grant) bool { return a.Verify(p.key.Public()) != nil }, unauthenticated("MP-124", "Invalid JWT signature")},
		{"aud must be one string, the issuer with its slash", func(a *grant) bool {
			aud, single := a.Audience()
			return !single || aud[0] != p.issuer()
		}, unauthenticated("MP-110", "Invalid JWT claim aud")},
		{"iat or exp is missing", func(a *grant) bool { return !has(a, "iat") || !has(a, "exp") }, other},
		{"exp is more than 120 s after iat", func(a *grant) bool { return seconds(a, "exp")-seconds(a, "iat") > maxLife }, other},
		{"iat is more than 10 s ahead", func(a *grant) bool { return seconds(a, "iat") > a.Now.Unix()+clockSkew }, unauthenticated("", "Issue time is after now")},
		{"the grant has expired", func(a *grant) bool { return seconds(a, "exp") <= a.Now.Unix() }, unauthenticated("MP-130", "JWT is expired")},
	}
}

// authorization says what the client may have.
func (p *Provider) authorization() []rule {
	return []rule{
		{"jti is not a string", func(a *grant) bool { return a.Claims["jti"] != nil && a.Text("jti") == "" }, invalidValue()},
		{"the client does not have a scope that it asks for", unknownScope, refusal{
			http.StatusBadRequest, "invalid_scope", "MP-200", "Token request contains invalid scopes for client",
		}},
		{"resource is neither a string nor an array of strings", func(a *grant) bool { return a.Claims["resource"] != nil && texts(a.Claims["resource"]) == nil }, invalidValue()},
		{"consumer_org is not a number of nine digits, as a string", func(a *grant) bool { return a.Claims["consumer_org"] != nil && len(a.Text("consumer_org")) != 9 }, invalidValue()},
		{
			"consumer_org is the client's own organisation", func(a *grant) bool { return a.Text("consumer_org") == organization },
			invalidRequest("", "Validation of JWT claim failed: The combination consumer_org in claim and delegation scope on client is invalid"),
		},
		{"consumer_org has delegated nothing", func(a *grant) bool { return a.Claims["consumer_org"] != nil && a.Text("consumer_org") != customer }, refusal{
			http.StatusForbidden, "access_denied", "MP-251", "Consumer has not delegated access to the scope to supplier " + organization,
		}},
		{"authorization_details has a type that there is not", unknownDetails, invalidRequest("MP-301", "Unknown authorization details type")},
	}
}

func unknownClaim(a *grant) bool {
	for claim := range a.Claims {
		if !slices.Contains(known(), claim) {
			return true
		}
	}
	return false
}

// unknownScope: the client must have every scope it asks for, and ask for one.
func unknownScope(a *grant) bool {
	asked := strings.Fields(a.Text("scope"))
	return len(asked) == 0 || slices.ContainsFunc(asked, func(s string) bool { return !slices.Contains(scopes(), s) })
}

func has(a *grant, claim string) bool {
	_, ok := a.Time(claim)
	return ok
}

func seconds(a *grant, claim string) int64 {
	s, _ := a.Time(claim)
	return s
}

// leaf is the first certificate of x5c (RFC 7515 4.1.6: base64, not base64url), nil when it is not one.
func leaf(a *grant) []byte {
	chain, _ := a.Header["x5c"].([]any)
	if len(chain) == 0 {
		return nil
	}
	text, _ := chain[0].(string)
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return der
}

// texts is a string or an array of strings, nil for anything else.
func texts(value any) []string {
	if one, ok := value.(string); ok {
		return []string{one}
	}
	list, _ := value.([]any)
	var out []string
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil
		}
		out = append(out, text)
	}
	return out
}

// unknownDetails: RFC 9396 2, an array of objects, each of a type that the metadata lists.
func unknownDetails(a *grant) bool {
	list, ok := a.Claims["authorization_details"].([]any)
	for _, item := range list {
		details, _ := item.(map[string]any)
		ok = ok && details["type"] == systemUser
	}
	return a.Claims["authorization_details"] != nil && !ok
}
