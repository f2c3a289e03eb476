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
	taken := map[string]string{
		"alg": path + ".alg", "typ": path + ".typ", "kid": path + ".kid", "x5t": path + ".kid", "x5t#S256": path + ".kid",
		"crit": "nothing: authctl makes no critical extensions", "b64": "nothing: authctl signs encoded payloads only",
	}
	if a.X5C {
		taken["x5c"] = path + ".x5c"
	}
	c.members(path+".claims", a.Claims, nil)
	c.members(path+".headers", a.Headers, taken)
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
	for _, f := range []struct {
		path, value string
		words       []string
	}{{path + ".issuer", a.Issuer, GrantIssuers()}, {path + ".subject", a.Subject, GrantSubjects()}} {
		switch near := lookalike(f.value, f.words); {
		case f.value == "" || near != "":
			c.add(f.path, "must be %s or the value itself", strings.Join(f.words, ", "))
		case f.value == "client_id" && slices.Contains(f.words, f.value) && c.p.Client.ID == "":
			c.add(f.path, "client_id is asked for, but the profile has no client.id").Hint = f.path + ": the id that the server knows the client by"
		}
	}
	c.oneOf(path+".scope", a.Scope, GrantScopes())
}
