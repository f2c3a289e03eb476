package clientauth

import (
	"encoding/hex"
	"io"
	"maps"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// ClientAssertionType is client_assertion_type of RFC 7523 2.2.
const ClientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// NewAssertion is the JWT that proves the client (RFC 7523 2.2), made anew for
// every request: signed with key as p.Assertion says. issuer and tokenURL are
// the server's as configured or discovered; only the one that
// assertion.audience names is used. Errors are fault.Config.
func NewAssertion(p *profile.Profile, key *keys.Key, issuer, tokenURL string, now time.Time, rand io.Reader) (string, error) {
	aud, err := assertionAudience(p, issuer, tokenURL)
	if err != nil {
		return "", err
	}
	header, err := assertionHeader(p, key)
	if err != nil {
		return "", err
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(rand, id); err != nil {
		return "", fault.New(fault.Internal, "reading random bytes for jti: %w", err)
	}
	// RFC 7523 3: iss and sub are the client_id; aud is one string, because
	// servers that follow the FAPI 2.0 profile refuse an array.
	claims := map[string]any{
		"iss": p.Client.ID, "sub": p.Client.ID, "aud": aud,
		"iat": now.Unix(), "exp": now.Add(p.Assertion.Lifetime).Unix(),
		"jti": hex.EncodeToString(id),
	}
	if p.Assertion.NotBefore {
		claims["nbf"] = now.Unix()
	}
	extra, err := literals("assertion.claims", p.Assertion.Claims)
	if err != nil {
		return "", err
	}
	maps.Copy(claims, extra)
	alg := p.Assertion.Alg
	if alg == "" {
		alg = keys.DefaultAlg(key)
	}
	signed, err := jwt.Sign(key, alg, header, claims)
	if err != nil {
		return "", fault.New(fault.Config, "signing the client assertion: %w", err).
			Hint("client.key (--key) and assertion.alg (--alg) must fit each other")
	}
	return signed, nil
}

// assertionAudience never takes aud from the network on its own: only the
// profile decides whether it is the issuer, the token URL or a literal.
func assertionAudience(p *profile.Profile, issuer, tokenURL string) (string, error) {
	aud := p.Assertion.Audience
	switch aud {
	case "", "issuer":
		aud = issuer
	case "token_url":
		aud = tokenURL
	}
	if aud == "" {
		return "", fault.New(fault.Config, "the client assertion has no audience: assertion.audience is %q and that is not known", p.Assertion.Audience).
			Hint("set issuer or token_url in the profile, or assertion.audience to the value the server expects")
	}
	return aud, nil
}

func assertionHeader(p *profile.Profile, key *keys.Key) (map[string]any, error) {
	header := map[string]any{}
	if p.Assertion.Typ != "none" && p.Assertion.Typ != "" {
		header["typ"] = p.Assertion.Typ
	}
	name, value, err := KeyID(p.Assertion.KID, key)
	if err != nil {
		return nil, fault.New(fault.Config, "assertion.kid %s: %w", p.Assertion.KID, err).
			Hint("assertion.kid is %s, or the value itself; x5t needs client.certificate, or --certificate", strings.Join(profile.KIDs(), ", "))
	}
	if value != "" {
		header[name] = value
	}
	extra, err := literals("assertion.headers", p.Assertion.Headers)
	if err != nil {
		return nil, err
	}
	maps.Copy(header, extra)
	return header, nil
}

// KeyID gives the header parameter that names the key in an assertion, and its
// value, "" for none. form is assertion.kid; x5t and x5t#S256 are the certificate
// thumbprint parameters of RFC 7515 4.1.7 and 4.1.8 and fail without a certificate.
func KeyID(form string, key *keys.Key) (name, value string, err error) {
	switch form {
	case "", "jwk":
		return "kid", key.KID, nil
	case "none":
		return "kid", "", nil
	case "spki-sha256":
		value, err = key.SPKISHA256()
		return "kid", value, err
	case "thumbprint":
		value, err = key.Thumbprint()
		return "kid", value, err
	case "x5t":
		value, err = key.X5T()
		return "x5t", value, err
	case "x5t#S256":
		value, err = key.X5TS256()
		return "x5t#S256", value, err
	default:
		return "kid", form, nil
	}
}

// literals turns profile fields into JSON members. A secret has no place in a
// JWT that anyone can read.
func literals(path string, fields []profile.Field) (map[string]any, error) {
	members := make(map[string]any, len(fields))
	for _, f := range fields {
		if f.Secret != nil || f.Basic != nil {
			return nil, fault.New(fault.Config, "%s: %q is a secret, and a client assertion can be read by anyone who sees it", path, f.Name).
				Hint("use value: in %s", path)
		}
		if _, twice := members[f.Name]; twice {
			return nil, fault.New(fault.Config, "%s: %q is given twice", path, f.Name)
		}
		members[f.Name] = f.Value
	}
	return members, nil
}
