package profile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Validate checks what a profile means: every problem, each a *Problem with
// its path, joined by errors.Join; nil when there is none. It reads nothing
// and resolves no secret.
func (p *Profile) Validate() error {
	c := &checker{p: p}
	c.words()
	c.urls()
	c.endpoints()
	c.client()
	c.assertions()
	c.sts()
	c.environments()
	c.lists()
	c.request()
	c.ownParams()
	c.login()
	c.tokens()
	return errors.Join(c.found...)
}

// Alone is the name of a profile that --set and --preset make for one call; no
// file can hold it.
const Alone = "-"

// ValidName checks a profile's name: it becomes part of file names, keyring
// items and environment variables, so it begins with a letter or digit and
// goes on with letters, digits and . _ - @ +, 128 bytes in all.
func ValidName(name string) error {
	if name == "" || len(name) > 128 {
		return errors.New("a profile's name has 1 to 128 characters")
	}
	for i, r := range name {
		letter := unicode.In(r, unicode.L, unicode.Nd, unicode.M) && r != unicode.ReplacementChar
		if !letter && (i == 0 || !strings.ContainsRune("._-@+", r)) {
			return fmt.Errorf("%q cannot be a profile's name: letters, digits and . _ - @ +, a letter or digit first", name)
		}
	}
	return nil
}

func (c *checker) words() {
	p := c.p
	c.oneOf("discovery", p.Discovery, []string{"auto", "always", "never"})
	c.oneOf("client.auth", p.Client.Auth, names(AuthMethods(), func(m AuthMethod) string { return m.Name }))
	c.oneOf("client.basic_encoding", p.Client.BasicEncoding, []string{"form", "raw"})
	c.oneOf("grant", p.Grant, names(GrantTypes(), func(g GrantType) string { return g.Name }))
	c.oneOf("login.pushed", p.Login.Pushed, []string{"auto", "require", "never"})
	c.oneOf("login.response_mode", p.Login.ResponseMode, []string{"query", "jwt", "query.jwt"})
	c.oneOf("request.encoding", p.Request.Encoding, []string{"form", "json"})
	c.oneOf("token.select", p.Token.Select, TokenSelects())
	c.oneOf("dpop.alg", p.DPoP.Alg, SignatureAlgs())
}

// endpoints: authctl must know where to send the request before it makes one.
func (c *checker) endpoints() {
	p := c.p
	_, at := p.Metadata()
	named := p.Issuer != "" || p.DiscoveryURL != ""
	switch {
	case p.Discovery == "never" && p.DiscoveryURL != "":
		c.add("discovery_url", "contradicts discovery: never").Hint = "take one of the two out"
	case p.TokenURL == "" && !named:
		c.add("token_url", "is missing, and there is no issuer to discover it from").Hint = "set issuer: https://... or token_url: https://..."
	case p.TokenURL == "" && at == "":
		c.add("token_url", "is needed with discovery: never")
	case p.Discovery == "always" && !named:
		c.add("issuer", "is needed with discovery: always").Hint = "set issuer or discovery_url"
	}
	if g := p.GrantType(); at == "" && g.Lacks(p) {
		c.add(g.Endpoints[0], "is needed by grant: %s where discovery cannot find it", g.Name)
	}
}

// client: what each authentication method cannot do without.
func (c *checker) client() {
	p := c.p
	method, refs := p.Client.Method(), p.Refs()
	for _, field := range method.Needs {
		if !slices.ContainsFunc(refs, func(r RefAt) bool { return r.Path == field }) {
			c.add(field, "is needed by client.auth: %s", method.Name).Hint = needed(p.Name)[field]
		}
	}
	// An assertion grant may stand without a client (RFC 7521 4.1, RFC 8693 2.1).
	anonymous := method.Public() && p.GrantType().Trades
	if p.Client.ID == "" && !anonymous {
		c.add("client.id", "is missing")
	}
	if wrong := unmeant(p.Client.ID); wrong != "" {
		c.add("client.id", "%s", wrong)
	}
	if method.Basic && p.Client.BasicEncoding == "raw" && strings.Contains(p.Client.ID, ":") {
		// RFC 7617 2: what stands before the first colon is the user-id.
		c.add("client.basic_encoding", "raw cannot carry the colon in client.id (RFC 7617 2)").Hint = "client.basic_encoding: form, or client.auth: client_secret_post"
	}
	if t := p.Client.AssertionType; sends(method.Sends, "client_assertion_type") && (!strings.Contains(t, ":") || strings.ContainsFunc(t, notScope)) {
		c.add("client.assertion_type", "is not an absolute URI (RFC 7521 4.2)")
	}
	if p.TLS.ClientCertificate.IsZero() && !p.TLS.ClientKey.IsZero() {
		c.add("tls.client_certificate", "is needed by tls.client_key")
	}
}

func (c *checker) lists() {
	p := c.p
	for i, s := range p.Scopes {
		if s == "" || strings.ContainsFunc(s, notScope) {
			c.add(index("scopes", i), "is not one scope (RFC 6749 3.3): no spaces, quotes or backslashes; one scope an item")
		}
	}
	for i, r := range p.Resource {
		c.absolute(index("resource", i), r) // RFC 8707 2
	}
	c.details()
	for i, a := range p.Audience {
		if a == "" {
			c.add(index("audience", i), "is empty")
		}
	}
	for _, t := range []struct{ path, value string }{
		{"exchange.subject_token_type", p.Exchange.SubjectTokenType},
		{"exchange.requested_token_type", p.Exchange.RequestedTokenType},
		{"exchange.actor_token_type", p.Exchange.ActorTokenType},
	} {
		if t.value != "" && !strings.Contains(t.value, ":") {
			c.oneOf(t.path, t.value, TokenTypes())
		}
	}
}

// details: a list of objects, each of a type (RFC 9396 2), and said in one place.
func (c *checker) details() {
	const path = "authorization_details"
	types := c.p.DetailTypes()
	if _, list := c.p.AuthorizationDetails.([]any); !list && c.p.AuthorizationDetails != nil {
		c.add(path, "must be a list of objects (RFC 9396 2)")
	}
	for i, kind := range types {
		if kind == "" {
			c.add(index(path, i), "must be an object with a type (RFC 9396 2)")
		}
	}
	for _, f := range slices.Concat(c.p.Login.Params, c.p.Request.Params) {
		if len(types) > 0 && f.Name == path {
			c.add(path, "is given as a parameter too").Hint = "keep one of the two"
		}
	}
}

// notScope is every character outside the scope-token of RFC 6749 3.3.
func notScope(r rune) bool { return r <= ' ' || r == '"' || r == '\\' || r >= 0x7f }

func (c *checker) request() {
	p := c.p
	c.params("request.params", p.Request.Params, p.Request.Encoding != "json")
	c.params("login.params", p.Login.Params, true)
	taken := []string{"host", "content-length", "content-type", "transfer-encoding", "connection", "accept", "dpop"}
	if p.Client.Method().Basic {
		taken = append(taken, "authorization")
	}
	c.headers("request.headers", p.Request.Headers, taken)
	c.headers("api.headers", p.API.Headers, []string{"host", "content-length", "transfer-encoding", "connection", "authorization", "dpop"})
	if !isHeaderValue(p.Request.Accept) {
		c.add("request.accept", "must not hold control characters")
	}
	if !isToken(p.API.Scheme) {
		c.add("api.scheme", "must be one word, such as Bearer or DPoP")
	}
	c.hosts()
}

// ownParams: what authctl sets itself, request.params would replace or be
// replaced by, unseen.
func (c *checker) ownParams() {
	for i, f := range c.p.Request.Params {
		at := index("request.params", i) + ".name"
		if by := c.p.SetBy(f.Name, c.p.Grant); by != "" {
			c.add(at, "must not be %s, which authctl sets by %s", f.Name, by)
		} else if c.p.logsIn() && f.Name != "client_id" && f.Name != "scope" && slices.Contains(loginSets(), f.Name) {
			c.add(at, "must not be %s, which authctl sets for a login", f.Name)
		}
	}
}

func (c *checker) tokens() {
	p := c.p
	if p.Token.MinTTL < 0 {
		c.add("token.min_ttl", "must not be negative")
	}
	if p.Token.DefaultLifetime < 0 {
		c.add("token.default_lifetime", "must not be negative")
	}
	for i, h := range p.Hints {
		if h.Match == "" || h.Say == "" {
			c.add(index("hints", i), "needs match and say")
		}
	}
	for i, k := range p.API.KeepOn {
		if k == "" {
			c.add(index("api.keep_on", i), "is empty and would match every answer")
		}
	}
	for i, o := range p.Request.Omit {
		if o == "" {
			c.add(index("request.omit", i), "is empty")
		}
	}
}
