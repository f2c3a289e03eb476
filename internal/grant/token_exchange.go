package grant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// Token type URIs of RFC 8693 3 by their short names.
func tokenTypeURI(name string) string {
	if slices.Contains(profile.TokenTypes(), name) {
		return "urn:ietf:params:oauth:token-type:" + name
	}
	return name
}

// Subject is a token on its way into an exchange, already in its wire form.
type Subject struct {
	Token secret.Text
	Type  string // short name or URI
	// Assertion is what a SAML 2.0 subject says of itself; nil for other types.
	Assertion *saml.Assertion
}

// Hash identifies the subject in cache keys without holding it: SHA-256, hex.
func (s Subject) Hash() string {
	if s.Token.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte(tokenTypeURI(s.Type) + "\x00" + s.Token.Reveal()))
	return hex.EncodeToString(sum[:])
}

// TokenExchange is RFC 8693 2.1.
type TokenExchange struct {
	Profile *profile.Profile
	Subject Subject
	Actor   Subject // zero: none

	from, actorFrom secret.Ref // of the profile; zero: a person brought it
}

// Name is token_exchange.
func (TokenExchange) Name() string { return "token_exchange" }

func (g TokenExchange) subject() string {
	return madeFrom(g.Subject, g.from) + madeFrom(g.Actor, g.actorFrom)
}

// Apply adds the grant's parameters. subject_issuer is an extension that
// brokers use to name the identity provider of the subject token.
func (g TokenExchange) Apply(_ context.Context, r *endpoint.Request) error {
	x := g.Profile.Exchange
	setType(g, r)
	r.SetSecret("subject_token", g.Subject.Token)
	r.Set("subject_token_type", tokenTypeURI(g.Subject.Type))
	if x.SubjectIssuer != "" {
		r.Set("subject_issuer", x.SubjectIssuer)
	}
	if x.RequestedTokenType != "" {
		r.Set("requested_token_type", tokenTypeURI(x.RequestedTokenType))
	}
	if !g.Actor.Token.IsZero() {
		r.SetSecret("actor_token", g.Actor.Token)
		r.Set("actor_token_type", tokenTypeURI(g.Actor.Type))
	}
	Target(g.Profile, r)
	return nil
}

// configuredExchange is the exchange of `token` on a profile whose
// exchange.subject_token says where the subject comes from.
func (d Deps) configuredExchange(ctx context.Context, p *profile.Profile) (Grant, error) {
	ref := p.Exchange.SubjectToken
	if ref.IsZero() || ref.Path == "-" {
		why := "the profile has no subject token to exchange"
		if ref.Path == "-" {
			why = "exchange.subject_token is stdin, which only authctl exchange reads"
		}
		return nil, fault.New(fault.Login, "%s", why).Hint("authctl exchange -p %s --subject-token FILE", p.Name)
	}
	text, err := d.Secrets.Resolve(ctx, p.Name, ref)
	if err != nil {
		return nil, err
	}
	subject, err := WireSubject("subject token", []byte(text.Reveal()), p.Exchange.SubjectTokenType)
	if err != nil {
		return nil, err
	}
	return WithActor(ctx, d.Secrets, TokenExchange{Profile: p, Subject: subject, from: ref})
}

// WithActor is g with the actor token of its profile, where that has one.
func WithActor(ctx context.Context, secrets secret.Resolver, g TokenExchange) (TokenExchange, error) {
	x := g.Profile.Exchange
	g.actorFrom = x.ActorToken
	if x.ActorToken.IsZero() {
		return g, nil
	}
	actor, err := secrets.Resolve(ctx, g.Profile.Name, x.ActorToken)
	if err != nil {
		return g, err
	}
	g.Actor, err = WireSubject("actor token", []byte(actor.Reveal()), x.ActorTokenType)
	return g, err
}

// WireSubject turns what a user gave (a JWT, or SAML as XML, base64 or
// base64url) into the wire form. kind "" means access_token for a token and
// saml2 for XML. A SAML assertion's bytes are never re-serialised. what names
// it in errors: subject token, actor token, assertion.
func WireSubject(what string, given []byte, kind string) (Subject, error) {
	text := strings.TrimSpace(string(given))
	if text == "" {
		return Subject{}, fault.New(fault.Config, "the %s is empty", what)
	}
	if kind == "" {
		kind = "access_token"
		if saml.IsSAML(given) {
			kind = "saml2"
		}
	}
	switch tokenTypeURI(kind) {
	case tokenTypeURI("saml2"):
		a, err := saml.Read(given)
		if err != nil {
			return Subject{}, noSAML(what, err)
		}
		return Subject{Token: secret.New(saml.Encode(a.Raw)), Type: kind, Assertion: &a}, nil
	case tokenTypeURI("saml1"):
		raw, err := saml.Bytes(given)
		if err != nil {
			return Subject{}, noSAML(what, err)
		}
		return Subject{Token: secret.New(saml.Encode(raw)), Type: kind}, nil
	}
	if !token.IsText(text) {
		return Subject{}, fault.New(fault.Config, "the %s is not plain text in one line, as every token is", what).Hint("authctl decode FILE says what it is")
	}
	return Subject{Token: secret.New(text), Type: kind}, nil
}

func noSAML(what string, err error) error {
	f := fault.New(fault.Config, "the %s: %w", what, err).Hint("authctl decode FILE says what it is")
	if flag, ok := strings.CutSuffix(what, " token"); ok {
		f = f.Hint("--%s-token-type names its type", flag)
	}
	return f
}
