package profile

import (
	"slices"
	"time"
)

// login: its parameters travel in the browser's address bar, and must not undo
// what keeps the flow safe.
func (c *checker) login() {
	if name := c.p.Login.MFAParam; name == "" || sends(GrantNamed("password").Sends, name) || sends(c.p.Client.Method().Sends, name) {
		c.add("login.mfa_param", "must be a parameter of its own, not %q", name)
	}
	c.requestObject()
	if c.p.SignedAnswer() && c.p.Issuer == "" {
		c.add("login.response_mode", "%s needs an issuer, who signs the answer", c.p.Login.ResponseMode).Hint = "set issuer"
	}
	for i, f := range c.p.Login.Params {
		at := index("login.params", i)
		if slices.Contains(loginSets(), f.Name) {
			c.add(at+".name", "must not be %s, which authctl sets itself", f.Name)
		}
		if f.Secret != nil || f.Basic != nil {
			c.add(at, "must not be a secret: it would stand in the browser's address bar")
		}
	}
}

// requestObject: what signs the authorization request, and for whom.
func (c *checker) requestObject() {
	const path = "login.request_object"
	o := c.p.Login.RequestObject
	if o == nil {
		return
	}
	if o.Alg != "" {
		c.oneOf(path+".alg", o.Alg, SignatureAlgs())
	}
	if o.Lifetime <= 0 || o.Lifetime > time.Hour { // FAPI 2.0 Message Signing 5.3.1
		c.add(path+".lifetime", "must be more than 0 and at most 1h")
	}
	if c.p.Client.Key.IsZero() {
		c.add(path, "needs client.key, which signs the request").Hint = needed(c.p.Name)[ClientKey]
	}
	if c.p.Issuer == "" {
		c.add(path, "needs an issuer, for whom the request is (RFC 9101 4)").Hint = "set issuer"
	}
}

// loginSets are the parameters that carry the flow's safety; a profile that set
// one would loosen it or break it.
func loginSets() []string {
	return []string{
		"response_type", "client_id", "redirect_uri", "state", "nonce", "scope",
		"code_challenge", "code_challenge_method", "request", "request_uri", "response_mode", "dpop_jkt",
	}
}
