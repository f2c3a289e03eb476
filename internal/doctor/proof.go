package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// clientProof looks at what the client proves itself with beyond a secret.
func (e *exam) clientProof(ctx context.Context) {
	m := e.p.Client.Method()
	if m.Uses(profile.ClientKey) {
		e.key(ctx)
	}
	if a := e.p.GrantAssertion; a != nil {
		at := e.p.GrantKey()
		key := e.signingKey(ctx, "grant key", "grant_assertion", at, a.Alg, clientauth.GrantKey)
		if key != nil && at.Path != profile.ClientKey {
			e.shown("grant certificate", &a.Assertion, at, key)
		}
	}
	if e.p.Login.RequestObject != nil {
		at := profile.RefAt{Path: profile.ClientKey, Ref: e.p.Client.Key}
		e.signingKey(ctx, "request key", "login.request_object", at, e.p.RequestAlg(), clientauth.ClientKey)
	}
	if at := (profile.RefAt{Path: "dpop.key", Ref: e.p.DPoP.Key}); e.p.DPoP.Enabled && !at.Ref.IsZero() {
		e.signingKey(ctx, "dpop key", "dpop", at, e.p.DPoP.Alg, outright(at, ""))
	}
	if at := (profile.RefAt{Path: "tls.client_key", Ref: e.p.TLS.ClientKey}); at.Ref.Signs() {
		e.signingKey(ctx, "tls key", "tls", at, "", outright(at, "PS256")) // TLS 1.3 has no other for RSA (RFC 8446 4.2.3)
	}
	if m.Uses(profile.ClientSecret) && m.Signs {
		e.macSecret(ctx)
	}
	if m.Uses(profile.ClientAssertion) {
		e.assertion(ctx)
	}
}

// key: it loads, may sign under assertion.alg, and has the id that is sent.
func (e *exam) key(ctx context.Context) {
	c := e.p.Client
	if e.memo.missing(c.Key, c.KeyPassphrase) {
		e.skip("key", "client.key could not be read")
		return
	}
	alone := *e.p
	alone.Client.Certificate = secret.Ref{} // looked at by itself below
	key, err := clientauth.ClientKey(ctx, e.memo, &alone)
	if err != nil {
		e.fail("key", err)
		return
	}
	alg := cmp.Or(e.p.Assertion.Alg, keys.DefaultAlg(key))
	e.signs = alg
	if err := key.CheckSigning(alg); err != nil {
		e.fail("key", fault.New(fault.Config, "client.key: %w", err).
			Hint("client.key and assertion.alg of profile %s must fit each other", e.p.Name))
	} else {
		e.signsWith("key", key, alg)
	}
	if certified := e.certificate(ctx); certified != nil {
		key = certified
	} else {
		e.shown("certificate", &e.p.Assertion, profile.RefAt{Path: profile.ClientKey, Ref: c.Key}, key)
	}
	e.kid(key)
}

// shown looks at the certificate beside a key, where the header of a shows it.
func (e *exam) shown(check string, a *profile.Assertion, at profile.RefAt, key *keys.Key) {
	if key.Certificate != nil && a.Certified() {
		e.validity(check, "beside "+at.Path+", ", key.Certificate, "register a new certificate with the provider and put it beside "+at.Path)
	}
}

// signingKey: the key of what block of the profile signs loads, and may sign under its alg.
func (e *exam) signingKey(ctx context.Context, check, block string, at profile.RefAt, alg string,
	load func(context.Context, secret.Resolver, *profile.Profile) (*keys.Key, error),
) *keys.Key {
	if e.memo.missing(at.Ref, e.p.Client.KeyPassphrase) {
		e.skip(check, "%s could not be read", at.Path)
		return nil
	}
	key, err := load(ctx, e.memo, e.p)
	if err != nil {
		e.fail(check, err)
		return nil
	}
	alg = cmp.Or(alg, keys.DefaultAlg(key))
	if err := key.CheckSigning(alg); err != nil {
		e.fail(check, fault.New(fault.Config, "%s: %w", at.Path, err).
			Hint("%s and %s.alg of profile %s must fit each other", at.Path, block, e.p.Name))
		return nil
	}
	e.signsWith(check, key, alg)
	return key
}

// outright loads the key of a field that no other field belongs to; alg is what is asked of it, if it can do that.
func outright(at profile.RefAt, alg string) func(context.Context, secret.Resolver, *profile.Profile) (*keys.Key, error) {
	return func(ctx context.Context, s secret.Resolver, p *profile.Profile) (*keys.Key, error) {
		key, err := keys.Of(ctx, s, p.Name, at.Path, at.Ref, keys.Options{})
		if err == nil && alg != "" {
			key.Alg = alg
		}
		return key, err
	}
}

// signsWith has the program of a signer: sign a JWT that nobody gets.
func (e *exam) signsWith(check string, key *keys.Key, alg string) {
	if !key.HasProgram() {
		e.ok(check, "%s, signs %s", key.Describe(), alg)
		return
	}
	begin := e.Now()
	done := e.Busy("signing with " + check)
	_, err := jwt.Sign(key, alg, nil, map[string]any{"doctor": true})
	done()
	switch {
	case errors.Is(err, errNotRun):
		e.skip(check, "%s, signs %s: the signer was %s", key.Describe(), alg, errNotRun)
	case err != nil:
		e.fail(check, err)
	default:
		e.ok(check, "%s, its signer signs %s in %s", key.Describe(), alg, e.Now().Sub(begin).Round(time.Millisecond))
	}
}

// certificate gives the key with client.certificate, nil where there is none
// or it is no good.
func (e *exam) certificate(ctx context.Context) *keys.Key {
	const check = "certificate"
	switch ref := e.p.Client.Certificate; {
	case ref.IsZero():
		return nil
	case e.memo.missing(ref):
		e.skip(check, "client.certificate could not be read")
		return nil
	}
	key, err := clientauth.ClientKey(ctx, e.memo, e.p)
	if err != nil {
		e.fail(check, err)
		return nil
	}
	e.validity(check, "belongs to client.key, ", key.Certificate, "register a new certificate with the provider and name it in client.certificate")
	return key
}

// kid is the id under which the server must know the key. Whether it does, a
// refused token request alone would tell.
func (e *exam) kid(key *keys.Key) {
	form := e.p.Assertion.KID
	name, value, err := clientauth.KeyID(form, key)
	switch {
	case err != nil:
		e.fail("kid", fault.New(fault.Config, "assertion.kid %s: %w", form, err).
			Hint("x5t and x5t#S256 need client.certificate; assertion.kid: spki-sha256 or thumbprint need the key alone"))
	case form == "none":
		e.ok("kid", "none is sent (assertion.kid: none)")
	case value == "":
		e.warn("kid", "none is sent: the key itself names none", "set assertion.kid to spki-sha256, thumbprint or what the provider registered; to none if it wants no kid")
	default:
		e.ok("kid", "%s %s (%s); registered at the server? compare with authctl kid", name, value, madeBy(form))
	}
}

func madeBy(form string) string {
	switch form {
	case "", "jwk":
		return "the JWK's own"
	case "spki-sha256", "thumbprint":
		return form + " of client.key"
	case "x5t", "x5t#S256":
		return "of client.certificate"
	default:
		return "as assertion.kid says"
	}
}

// macSecret: RFC 7518 3.2 asks for a secret as long as the hash.
func (e *exam) macSecret(ctx context.Context) {
	ref := e.p.Client.Secret
	if e.memo.missing(ref) {
		return
	}
	text, err := e.memo.Resolve(ctx, e.p.Name, ref)
	if err != nil {
		e.fail("key", err)
		return
	}
	alg := cmp.Or(e.p.Assertion.Alg, "HS256")
	e.signs = alg
	var bits int
	if _, err := fmt.Sscanf(alg, "HS%d", &bits); err == nil && len(text.Reveal())*8 < bits {
		e.warn("key", "client.secret is shorter than "+alg+" wants (RFC 7518 3.2)", "ask the provider for a longer client.secret; some servers refuse a short one")
		return
	}
	e.ok("key", "client.secret signs %s", alg)
}

// assertion: a platform's assertion that is a JWT tells when it ends.
func (e *exam) assertion(ctx context.Context) {
	const check = "assertion"
	ref := e.p.Client.Assertion
	if e.memo.missing(ref) {
		return
	}
	text, err := e.memo.Resolve(ctx, e.p.Name, ref)
	if err != nil {
		e.fail(check, err)
		return
	}
	t, err := jwt.Parse(strings.TrimSpace(text.Reveal()))
	if errors.Is(err, jwt.ErrNotJWS) {
		e.ok(check, "no JWT, so when it ends is not known")
		return
	}
	if err != nil {
		e.fail(check, fault.New(fault.Invalid, "client.assertion: %w", err).Hint("client.assertion must name the file that the platform writes"))
		return
	}
	exp, err := t.Claims.Time("exp")
	left := exp.Sub(e.Now()).Round(time.Second)
	switch {
	case err != nil || exp.IsZero():
		e.warn(check, "the JWT has no exp that can be read (RFC 7523 3)", "client.assertion must name the file that the platform writes")
	case left <= 0:
		e.fail(check, fault.New(fault.Invalid, "the JWT expired at %s", exp.UTC().Format(time.RFC3339)).
			Hint("the platform should have replaced the file of client.assertion: look at its agent, and at this machine's clock"))
	default:
		e.ok(check, "a JWT for %s more, subject %.60q", left, t.Claims.String("sub"))
	}
}
