package config

import (
	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
)

// profileMembers is the format of a profile: every key, in the order of
// docs/profiles.md, and the field it fills.
func profileMembers(p *profile.Profile) []member {
	return []member{
		fixed(text("preset", &p.Preset)),
		fixed(text("issuer", &p.Issuer)),
		fixed(text("token_url", &p.TokenURL)),
		fixed(text("authorize_url", &p.AuthorizeURL)),
		fixed(text("par_url", &p.PARURL)),
		fixed(text("device_authorization_url", &p.DeviceAuthorizationURL)),
		fixed(text("jwks_url", &p.JWKSURL)),
		fixed(text("revocation_url", &p.RevocationURL)),
		fixed(text("end_session_url", &p.EndSessionURL)),
		fixed(text("discovery", &p.Discovery)),
		fixed(flag("insecure_http", &p.InsecureHTTP)),
		object("client", clientMembers(&p.Client)),
		object("assertion", assertionMembers(&p.Assertion)),
		text("grant", &p.Grant),
		texts("scopes", &p.Scopes),
		texts("audience", &p.Audience),
		texts("resource", &p.Resource),
		object("exchange", exchangeMembers(&p.Exchange)),
		object("login", []member{
			fixed(text("redirect_uri", &p.Login.RedirectURI)),
			text("pushed", &p.Login.Pushed),
			fields("params", &p.Login.Params),
		}),
		object("request", requestMembers(&p.Request)),
		object("token", []member{
			flag("single_use", &p.Token.SingleUse),
			flag("id_token_expiry", &p.Token.IDTokenExpiry),
			span("min_ttl", &p.Token.MinTTL),
			span("default_lifetime", &p.Token.DefaultLifetime),
		}),
		object("dpop", []member{
			flag("enabled", &p.DPoP.Enabled),
			text("alg", &p.DPoP.Alg),
		}),
		object("api", apiMembers(&p.API)),
		object("tls", []member{
			ref("ca", &p.TLS.CA, public),
			ref("client_certificate", &p.TLS.ClientCertificate, public),
			ref("client_key", &p.TLS.ClientKey, private),
			ref("client_key_passphrase", &p.TLS.ClientKeyPassphrase, private),
		}),
		objects("hints", &p.Hints, hintMembers, func(*reader, *yaml.Node, string) {}),
	}
}

func clientMembers(c *profile.Client) []member {
	return []member{
		fixed(text("id", &c.ID)),
		fixed(text("auth", &c.Auth)),
		ref("secret", &c.Secret, phrase),
		text("basic_encoding", &c.BasicEncoding),
		ref("key", &c.Key, private),
		ref("key_passphrase", &c.KeyPassphrase, private),
		ref("certificate", &c.Certificate, public),
		ref("assertion", &c.Assertion, placed),
	}
}

func assertionMembers(a *profile.Assertion) []member {
	return []member{
		text("alg", &a.Alg),
		text("typ", &a.Typ),
		text("kid", &a.KID),
		text("audience", &a.Audience),
		span("lifetime", &a.Lifetime),
		flag("not_before", &a.NotBefore),
		fields("claims", &a.Claims),
		fields("headers", &a.Headers),
	}
}

func exchangeMembers(x *profile.Exchange) []member {
	return []member{
		ref("subject_token", &x.SubjectToken, placed),
		text("subject_token_type", &x.SubjectTokenType),
		text("subject_issuer", &x.SubjectIssuer),
		text("requested_token_type", &x.RequestedTokenType),
		ref("actor_token", &x.ActorToken, placed),
		text("actor_token_type", &x.ActorTokenType),
	}
}

func requestMembers(q *profile.Request) []member {
	return []member{
		text("encoding", &q.Encoding),
		text("accept", &q.Accept),
		fields("params", &q.Params),
		headerFields("headers", &q.Headers),
		texts("omit", &q.Omit),
	}
}

func apiMembers(a *profile.API) []member {
	return []member{
		text("scheme", &a.Scheme),
		fixed(texts("hosts", &a.Hosts)),
		fixed(text("base_url", &a.BaseURL)),
		headerFields("headers", &a.Headers),
		flag("retry_unauthorized", &a.RetryUnauthorized),
		texts("keep_on", &a.KeepOn),
	}
}

func hintMembers(h *profile.Hint) []member {
	return []member{text("match", &h.Match), text("say", &h.Say)}
}

func fields(key string, to *[]profile.Field) member {
	return objects(key, to, fieldMembers, oneValue)
}

func fieldMembers(f *profile.Field) []member {
	return []member{
		text("name", &f.Name),
		anyValue("value", &f.Value),
		optionalRef("secret", &f.Secret),
		basic("basic", &f.Basic),
	}
}

// headerFields are fields whose values are text, a number included.
func headerFields(key string, to *[]profile.Field) member {
	return objects(key, to, func(f *profile.Field) []member {
		members := fieldMembers(f)
		*find(members, "value") = textValue("value", &f.Value)
		return members
	}, oneValue)
}

func basicMembers(b *profile.Basic) []member {
	return []member{
		text("username", &b.Username),
		ref("password", &b.Password, phrase),
		text("scheme", &b.Scheme),
	}
}

// oneValue checks the closed set: a field is one of value, secret and basic.
func oneValue(r *reader, item *yaml.Node, path string) {
	item, ok := r.follow(item, path)
	if !ok || item.Kind != yaml.MappingNode {
		return
	}
	given := 0
	for _, key := range []string{"value", "secret", "basic"} {
		if _, has := r.source[below(path, key)]; has {
			given++
		}
		if r.suspects[below(path, key)] {
			return
		}
	}
	if given != 1 {
		r.problem(item, path, "", "needs exactly one of value, secret and basic")
	}
	if _, has := r.source[below(path, "name")]; !has && !r.suspects[below(path, "name")] {
		r.problem(item, below(path, "name"), "", "is missing")
	}
}
