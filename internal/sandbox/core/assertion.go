package core

import (
	"crypto"
	"net/url"
	"time"
)

// AssertionType is the only client_assertion_type there is (RFC 7523 2.2).
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Assertion is a client assertion under check; its members are what checks share.
type Assertion struct {
	*JWS
	Now time.Time
}

// ReadAssertion parses the client_assertion of a form.
func (c *Core) ReadAssertion(form url.Values) (*Assertion, error) {
	return c.Assertion(form.Get("client_assertion"))
}

// Assertion parses a JWT that is checked now: a client assertion, a grant (RFC 7523 2.1), a subject token.
func (c *Core) Assertion(compact string) (*Assertion, error) {
	jws, err := ParseJWS(compact)
	if err != nil {
		return nil, err
	}
	return &Assertion{jws, c.Now()}, nil
}

// Strict holds what a profile of RFC 7523 asks of an assertion beyond its signature.
type Strict struct {
	Client   string           // iss and sub
	Request  bool             // a request object (RFC 9101 10.8): a sub would make a client assertion of it
	Audience string           // aud: exactly this, one string
	Typ      string           // of the header
	Algs     []string         // taken
	Key      crypto.PublicKey // registered
	Kid      string           // of the registered key; "" when the header needs none
	Max      time.Duration    // between iat or now and exp
	Skew     time.Duration    // of the client's clock
}

// Check says what is wrong with the assertion, "" for nothing. It does not look at jti.
func (a *Assertion) Check(s Strict) string {
	aud, single := a.Audience()
	switch {
	case a.Typ() != s.Typ:
		return "typ is " + quote(a.Typ()) + ", must be " + quote(s.Typ)
	case !contains(s.Algs, a.Alg()):
		return "alg " + quote(a.Alg()) + " is not allowed"
	case s.Kid != "" && a.Kid() != s.Kid:
		return "kid is not that of the registered key"
	case a.Verify(s.Key) != nil:
		return "the signature does not verify with the registered key"
	case s.Request && (a.Text("iss") != s.Client || a.Claims["sub"] != nil):
		return "iss must be the client id, and sub must not be there"
	case !s.Request && (a.Text("iss") != s.Client || a.Text("sub") != s.Client):
		return "iss and sub must both be the client id"
	case !single || aud[0] != s.Audience:
		return "aud must be one string, " + quote(s.Audience)
	case a.Text("jti") == "":
		return "jti is missing"
	}
	return a.times(s)
}

func (a *Assertion) times(s Strict) string {
	now := a.Now.Unix()
	skew := int64(s.Skew / time.Second)
	exp, hasExp := a.Time("exp")
	iat, hasIat := a.Time("iat")
	nbf, hasNbf := a.Time("nbf")
	switch {
	case !hasExp:
		return "exp is missing"
	case exp+skew <= now:
		return "the assertion has expired"
	case hasNbf && nbf-skew > now:
		return "the assertion is not valid yet"
	case hasIat && iat-skew > now:
		return "the assertion was issued in the future"
	case hasIat && exp-iat > int64(s.Max/time.Second), exp-now > int64((s.Max+s.Skew)/time.Second):
		return "the assertion lives longer than " + s.Max.String()
	}
	return ""
}

// Until is when the jti of the assertion may be forgotten.
func (a *Assertion) Until(skew time.Duration) time.Time {
	exp, _ := a.Time("exp")
	return time.Unix(exp, 0).Add(skew + time.Second)
}

func quote(s string) string { return `"` + s + `"` }
