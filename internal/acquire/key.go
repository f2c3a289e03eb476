package acquire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

// keyVersion changes when the meaning of a cache key does.
const keyVersion = 1

// Key is the cache key of a profile's token: SHA-256 over canonical JSON of
// everything that changes the token (docs/store.md). Secrets enter as their
// references, never as values. subject is grant.SubjectHash, "" for none.
//
// Today's keys stay: an upgrade must lose no session. A field that comes later
// is appended with omitempty, and given only where it is not its default.
func Key(p *profile.Profile, subject string) string {
	// encoding/json writes struct fields in their order and map keys sorted,
	// so the text is the same in every run and on every machine.
	raw, err := json.Marshal(struct {
		Version                           int
		Profile, Issuer, TokenURL         string
		ClientID, Auth, Secret, Key       string
		Certificate, Federated, TLS, KID  string
		Alg, AssertionAudience            string
		Grant                             string
		Scopes, Audience, Resource        []string
		SubjectType, SubjectIssuer        string
		RequestedType, Actor              string
		Params, Headers, Claims, AHeaders []field
		LoginParams                       []field
		Omit                              []string
		DPoP, DPoPAlg                     string
		Subject                           string
		X5C                               string          `json:",omitempty"`
		GrantAssertion                    *grantAssertion `json:",omitempty"`
		Select                            string          `json:",omitempty"`
		Details                           any             `json:",omitempty"`
		DiscoveryURL                      string          `json:",omitempty"`
		AssertionType                     string          `json:",omitempty"`
		DPoPKey                           string          `json:",omitempty"`
		AssertionIssuer                   string          `json:",omitempty"`
		STS                               *assertionWish  `json:",omitempty"`
	}{
		keyVersion,
		p.Name, p.Issuer, p.TokenURL,
		p.Client.ID, p.Client.Auth, p.Client.Secret.String(), p.Client.Key.String(),
		p.Client.Certificate.String(), p.Client.Assertion.String(), p.TLS.ClientCertificate.String(), p.Assertion.KID,
		p.Assertion.Alg, p.Assertion.Audience,
		p.Grant,
		p.Scopes, p.Audience, p.Resource,
		p.Exchange.SubjectTokenType, p.Exchange.SubjectIssuer,
		p.Exchange.RequestedTokenType, p.Exchange.ActorToken.String(),
		fields(p.Request.Params), fields(p.Request.Headers), fields(p.Assertion.Claims), fields(p.Assertion.Headers),
		fields(p.Login.Params),
		p.Request.Omit,
		yes(p.DPoP.Enabled), p.DPoP.Alg,
		subject,
		yes(p.Assertion.X5C), signedGrant(p.GrantAssertion),
		unless("access_token", p.Token.Select),
		p.Details(),
		p.DiscoveryURL,
		unless(profile.JWTAssertion, p.Client.AssertionType),
		p.DPoP.Key.String(),
		unless("client_id", p.Assertion.Issuer),
		wishOf(p.STS),
	})
	if err != nil {
		// Values come from YAML and flags; every one of them is JSON.
		panic("authctl: a profile that is no JSON: " + err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// grantAssertion is all that the assertion of a grant is made of.
type grantAssertion struct {
	Key, Alg, Typ, KID, Audience, Lifetime string
	Issuer, Subject, Scope                 string
	X5C, NotBefore, JTI                    bool
	Claims, Headers                        []field
}

func signedGrant(a *profile.GrantAssertion) *grantAssertion {
	if a == nil {
		return nil
	}
	return &grantAssertion{
		refText(a.Key), a.Alg, a.Typ, a.KID, a.Audience, a.Lifetime.String(),
		a.Issuer, a.Subject, a.Scope, a.X5C, a.NotBefore, a.JTI, fields(a.Claims), fields(a.Headers),
	}
}

// assertionWish is all that decides what assertion an STS gives.
type assertionWish struct {
	URL, Protocol, AppliesTo, Dialect, KeyType, UseKey, Key, Certificate string
	Claims                                                               []profile.STSClaim
}

func wishOf(s profile.STS) *assertionWish {
	if s.URL == "" {
		return nil
	}
	return &assertionWish{s.URL, s.Protocol, s.AppliesTo, s.Dialect, s.KeyType, s.UseKey, refText(s.Key), refText(s.Certificate), s.Claims}
}

type field struct {
	Name, Ref, Username, Scheme string
	Value                       any
}

func fields(list []profile.Field) []field {
	out := make([]field, 0, len(list))
	for _, f := range list {
		one := field{Name: f.Name, Value: f.Value}
		switch {
		case f.Secret != nil:
			one.Ref = refText(*f.Secret)
		case f.Basic != nil:
			one.Ref, one.Username, one.Scheme = refText(f.Basic.Password), f.Basic.Username, f.Basic.Scheme
		}
		out = append(out, one)
	}
	return out
}

func refText(r secret.Ref) string { return r.String() }

// unless is the value where it is not the default.
func unless(standard, value string) string {
	if value == standard {
		return ""
	}
	return value
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
