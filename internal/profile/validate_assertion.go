package profile

import (
	"slices"
	"strings"
	"time"
)

func (c *checker) assertions() {
	m := c.p.Client.Method()
	c.shape("assertion", &c.p.Assertion, m.Algs(), m.Signs)
	if a := c.p.GrantAssertion; a != nil {
		c.shape("grant_assertion", &a.Assertion, SignatureAlgs(), true)
		c.grantAssertion(a)
	}
}

// shape: what the client assertion and the grant's have in common; used is
// true for one that is sent.
func (c *checker) shape(path string, a *Assertion, algs []string, used bool) {
	c.oneOf(path+".typ", a.Typ, Typs())
	if a.Alg != "" {
		c.oneOf(path+".alg", a.Alg, algs)
	}
	if a.KID == "" {
		c.add(path+".kid", "must be one of %s, or the kid itself", strings.Join(KIDs(), ", "))
	} else if near := lookalike(a.KID, KIDs()); near != "" {
		c.add(path+".kid", "%q looks like %q", a.KID, near)
	}
	if near := lookalike(a.Audience, Audiences()); near != "" || a.Audience == "" {
		c.add(path+".audience", "must be issuer, token_url or the audience itself")
	}
	if used && a.Audience == "issuer" && c.p.Issuer == "" {
		c.add(path+".audience", "issuer is asked for, but the profile has none").Hint = "set issuer, or " + path + ".audience: token_url"
	}
	if a.Lifetime <= 0 || a.Lifetime > time.Hour {
		c.add(path+".lifetime", "must be more than 0 and at most 1h")
	}
	if used {
		c.who(path+".issuer", a.Issuer, Issuers())
	}
	c.members(path+".claims", a.Claims, nil)
	c.members(path+".headers", a.Headers, a.TakenHeaders(path))
}

// TakenHeaders are the header members that no one else sets, with what sets them.
func (a *Assertion) TakenHeaders(path string) map[string]string {
	taken := map[string]string{
		"alg": path + ".alg", "typ": path + ".typ", "kid": path + ".kid", "x5t": path + ".kid", "x5t#S256": path + ".kid",
		"crit": "nothing: authctl makes no critical extensions", "b64": "nothing: authctl signs encoded payloads only",
	}
	if a.X5C {
		taken["x5c"] = path + ".x5c"
	}
	return taken
}

// who: a word, or the value itself, and no word misspelt.
func (c *checker) who(path, value string, words []string) {
	switch near := lookalike(value, words); {
	case value == "" || near != "":
		c.add(path, "must be %s or the value itself", strings.Join(words, ", "))
	case value == "client_id" && slices.Contains(words, value) && c.p.Client.ID == "":
		c.add(path, "client_id is asked for, but the profile has no client.id").Hint = path + ": the id that the server knows the client by"
	}
}

// grantAssertion: what the grant's assertion has beyond the client's.
func (c *checker) grantAssertion(a *GrantAssertion) {
	const path = "grant_assertion"
	switch p := c.p; {
	case !p.GrantType().Signs:
		c.add(path, "has no use with grant: %s", p.Grant)
	case !p.Exchange.SubjectToken.IsZero():
		c.add("exchange.subject_token", "is an assertion that grant_assertion makes already").Hint = "keep one of the two"
	}
	if key := c.p.GrantKey(); key.Ref.IsZero() {
		c.add(path+".key", "is missing, and there is no client.key").Hint = path + ".key: file:PATH of the private key (PEM, JWK, PKCS#12)"
	}
	c.who(path+".subject", a.Subject, GrantSubjects())
	c.oneOf(path+".scope", a.Scope, GrantScopes())
}
