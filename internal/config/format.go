package config

import (
	"reflect"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// profileMembers is the format of a profile: every key, in the order of
// docs/profiles.md, and the field it fills.
func profileMembers(p *profile.Profile) []strict.Member {
	return []strict.Member{
		strict.Fixed(strict.Text("preset", &p.Preset)),
		strict.Fixed(strict.Text("issuer", &p.Issuer)),
		strict.Fixed(strict.Text("token_url", &p.TokenURL)),
		strict.Fixed(strict.Text("authorize_url", &p.AuthorizeURL)),
		strict.Fixed(strict.Text("par_url", &p.PARURL)),
		strict.Fixed(strict.Text("device_authorization_url", &p.DeviceAuthorizationURL)),
		strict.Fixed(strict.Text("jwks_url", &p.JWKSURL)),
		strict.Fixed(strict.Text("revocation_url", &p.RevocationURL)),
		strict.Fixed(strict.Text("end_session_url", &p.EndSessionURL)),
		strict.Fixed(strict.Text("discovery", &p.Discovery)),
		strict.Fixed(strict.Text("discovery_url", &p.DiscoveryURL)),
		strict.Fixed(strict.Flag("insecure_http", &p.InsecureHTTP)),
		strict.Object("client", clientMembers(&p.Client)),
		strict.Object("assertion", assertionMembers(&p.Assertion)),
		strict.OptionalObject("grant_assertion", &p.GrantAssertion, profile.DefaultGrantAssertion, grantAssertionMembers),
		strict.Text("grant", &p.Grant),
		strict.Texts("scopes", &p.Scopes),
		strict.Texts("audience", &p.Audience),
		strict.Texts("resource", &p.Resource),
		strict.Any("authorization_details", &p.AuthorizationDetails),
		strict.Object("exchange", exchangeMembers(&p.Exchange)),
		stsBlock(&p.STS),
		strict.Object("login", []strict.Member{
			strict.Fixed(strict.Text("redirect_uri", &p.Login.RedirectURI)),
			strict.Text("pushed", &p.Login.Pushed),
			strict.Fixed(strict.Text("response_mode", &p.Login.ResponseMode)), // by a signed answer the code goes to its own server (RFC 9700 4.4)
			strict.OptionalObject("request_object", &p.Login.RequestObject, profile.DefaultRequestObject, requestObjectMembers),
			fields("params", &p.Login.Params),
			strict.Text("mfa_param", &p.Login.MFAParam),
		}),
		strict.Object("request", requestMembers(&p.Request)),
		strict.Object("token", []strict.Member{
			strict.Text("select", &p.Token.Select),
			strict.Flag("single_use", &p.Token.SingleUse),
			strict.Flag("id_token_expiry", &p.Token.IDTokenExpiry),
			strict.Span("min_ttl", &p.Token.MinTTL),
			strict.Span("default_lifetime", &p.Token.DefaultLifetime),
		}),
		strict.Object("dpop", []strict.Member{
			strict.Flag("enabled", &p.DPoP.Enabled),
			strict.Text("alg", &p.DPoP.Alg),
			ref("key", &p.DPoP.Key, signing),
		}),
		strict.Object("api", apiMembers(&p.API)),
		strict.Object("tls", []strict.Member{
			ref("ca", &p.TLS.CA, public),
			ref("client_certificate", &p.TLS.ClientCertificate, public),
			ref("client_key", &p.TLS.ClientKey, signing),
			ref("client_key_passphrase", &p.TLS.ClientKeyPassphrase, private),
		}),
		strict.Objects("hints", &p.Hints, hintMembers, anything),
	}
}

func clientMembers(c *profile.Client) []strict.Member {
	return []strict.Member{
		strict.Fixed(strict.Text("id", &c.ID)),
		strict.Fixed(strict.Text("auth", &c.Auth)),
		ref("secret", &c.Secret, phrase),
		strict.Text("basic_encoding", &c.BasicEncoding),
		ref("key", &c.Key, signing),
		ref("key_passphrase", &c.KeyPassphrase, private),
		ref("certificate", &c.Certificate, public),
		ref("assertion", &c.Assertion, placed),
		strict.Text("assertion_type", &c.AssertionType),
	}
}

func assertionMembers(a *profile.Assertion) []strict.Member {
	return []strict.Member{
		strict.Text("alg", &a.Alg),
		strict.Text("typ", &a.Typ),
		strict.Text("kid", &a.KID),
		strict.Flag("x5c", &a.X5C),
		strict.Fixed(strict.Text("issuer", &a.Issuer)),
		strict.Fixed(strict.Text("audience", &a.Audience)),
		strict.Span("lifetime", &a.Lifetime),
		strict.Flag("not_before", &a.NotBefore),
		strict.Flag("jti", &a.JTI),
		valued("claims", &a.Claims, claim),
		fields("headers", &a.Headers),
	}
}

func grantAssertionMembers(a *profile.GrantAssertion) []strict.Member {
	return append([]strict.Member{
		ref("key", &a.Key, signing),
		strict.Text("subject", &a.Subject),
		strict.Text("scope", &a.Scope),
	}, assertionMembers(&a.Assertion)...)
}

func requestObjectMembers(o *profile.RequestObject) []strict.Member {
	return []strict.Member{strict.Text("alg", &o.Alg), strict.Span("lifetime", &o.Lifetime)}
}

func exchangeMembers(x *profile.Exchange) []strict.Member {
	return []strict.Member{
		ref("subject_token", &x.SubjectToken, placed),
		strict.Text("subject_token_type", &x.SubjectTokenType),
		strict.Text("subject_issuer", &x.SubjectIssuer),
		strict.Text("requested_token_type", &x.RequestedTokenType),
		ref("actor_token", &x.ActorToken, placed),
		strict.Text("actor_token_type", &x.ActorTokenType),
	}
}

// stsBlock is not written where it says nothing: few profiles have a security token service.
func stsBlock(s *profile.STS) strict.Member {
	block := strict.Object("sts", []strict.Member{
		strict.Fixed(strict.Text("url", &s.URL)),
		strict.Text("protocol", &s.Protocol),
		strict.Fixed(strict.Text("applies_to", &s.AppliesTo)),
		strict.Objects("claims", &s.Claims, func(c *profile.STSClaim) []strict.Member {
			return []strict.Member{strict.Text("name", &c.Name), strict.Text("value", &c.Value)}
		}, anything),
		strict.Text("claims_dialect", &s.Dialect),
		strict.Text("key_type", &s.KeyType),
		strict.Text("use_key", &s.UseKey),
		strict.Span("lifetime", &s.Lifetime),
		ref("key", &s.Key, signing),
		ref("key_passphrase", &s.KeyPassphrase, private),
		ref("certificate", &s.Certificate, public),
		refs("signing_certificates", &s.SigningCertificates, public),
	})
	write := block.Write
	block.Write = func() *yaml.Node {
		if reflect.DeepEqual(*s, profile.DefaultSTS()) {
			return nil
		}
		return write()
	}
	return block
}

func requestMembers(q *profile.Request) []strict.Member {
	return []strict.Member{
		strict.Text("encoding", &q.Encoding),
		strict.Text("accept", &q.Accept),
		fields("params", &q.Params),
		headerFields("headers", &q.Headers),
		strict.Texts("omit", &q.Omit),
	}
}

func apiMembers(a *profile.API) []strict.Member {
	return []strict.Member{
		strict.Text("scheme", &a.Scheme),
		strict.Fixed(strict.Texts("hosts", &a.Hosts)),
		strict.Fixed(strict.Text("base_url", &a.BaseURL)),
		headerFields("headers", &a.Headers),
		strict.Flag("retry_unauthorized", &a.RetryUnauthorized),
		strict.Texts("keep_on", &a.KeepOn),
	}
}

func hintMembers(h *profile.Hint) []strict.Member {
	return []strict.Member{strict.Text("match", &h.Match), strict.Text("say", &h.Say)}
}

func fields(key string, to *[]profile.Field) strict.Member { return valued(key, to, oneValue) }

func valued(key string, to *[]profile.Field, check func(*strict.Reader, *yaml.Node, string)) strict.Member {
	return strict.Objects(key, to, func(f *profile.Field) []strict.Member { return fieldMembers(f, strict.Any("value", &f.Value)) }, check)
}

// claim: an aud given as a claim decides as assertion.audience does who takes the assertion.
func claim(r *strict.Reader, item *yaml.Node, path string) {
	oneValue(r, item, path)
	item, _ = r.Follow(item, path)
	for i := 0; i+1 < len(item.Content); i += 2 {
		key, _ := r.Follow(item.Content[i], path)
		if value, _ := r.Follow(item.Content[i+1], path); key.Value == "name" && value.Value == "aud" && r.Keeps(value, path) {
			return
		}
	}
}

func fieldMembers(f *profile.Field, value strict.Member) []strict.Member {
	return []strict.Member{
		strict.Text("name", &f.Name),
		value,
		optionalRef("secret", &f.Secret, private),
		basic("basic", &f.Basic),
	}
}

// headerFields are fields whose values are text, a number included.
func headerFields(key string, to *[]profile.Field) strict.Member {
	return strict.Objects(key, to, func(f *profile.Field) []strict.Member { return fieldMembers(f, strict.AnyText("value", &f.Value)) }, oneValue)
}

// oneValue checks the closed set: a field is one of value, secret and basic.
func oneValue(r *strict.Reader, item *yaml.Node, path string) {
	item, ok := r.Follow(item, path)
	if !ok || item.Kind != yaml.MappingNode {
		return
	}
	given := 0
	for _, key := range []string{"value", "secret", "basic"} {
		if _, has := r.Source[strict.Below(path, key)]; has {
			given++
		}
		if r.Suspect(strict.Below(path, key)) {
			return
		}
	}
	if given != 1 {
		r.Problem(item, path, "", "needs exactly one of value, secret and basic")
	}
	if _, has := r.Source[strict.Below(path, "name")]; !has && !r.Suspect(strict.Below(path, "name")) {
		r.Problem(item, strict.Below(path, "name"), "", "is missing")
	}
}

// presetMembers are a profile's, and what only a preset has. Its questions are read
// by internal/config/draft.
func presetMembers(p *profile.Profile) []strict.Member {
	return append(profileMembers(p),
		strict.Objects("environments", &p.Environments, environmentMembers, anything),
		strict.Member{Key: "ask", Read: anything})
}

func environmentMembers(e *profile.Environment) []strict.Member {
	return []strict.Member{strict.Text("name", &e.Name), strict.Texts("hosts", &e.Hosts)}
}

// anything is what nothing else is to be said of.
func anything(*strict.Reader, *yaml.Node, string) {}
