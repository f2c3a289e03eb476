package clientauth

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// Server is what an assertion's aud may be: the authorization server as
// configured or discovered.
type Server struct{ Issuer, TokenURL string }

// NewAssertion is the JWT that proves the client (RFC 7523 2.2), made anew for
// every request: signed with key as p.Assertion says. Of the server only what
// assertion.audience names is used. Errors are fault.Config.
func NewAssertion(p *profile.Profile, key *keys.Key, at Server, now time.Time, rand io.Reader) (string, error) {
	// RFC 7523 3: sub is the client_id, and so is iss but where the server knows another.
	j := jws{"assertion", "the client assertion", profile.ClientKey, &p.Assertion, map[string]any{"iss": p.IssuedBy(&p.Assertion), "sub": p.Client.ID}}
	return j.sign(key, at, now, rand)
}

// jws is one assertion that is about to be signed.
type jws struct {
	path   string // of its block in the profile
	name   string // in errors
	key    string // the field of its key
	shape  *profile.Assertion
	claims map[string]any // what its kind alone has
}

func (j jws) sign(key *keys.Key, at Server, now time.Time, rand io.Reader) (string, error) {
	aud, err := j.audience(at)
	if err != nil {
		return "", err
	}
	header, err := j.header(key)
	if err != nil {
		return "", err
	}
	// aud is one string, because servers that follow the FAPI 2.0 profile refuse an array.
	maps.Copy(j.claims, map[string]any{"aud": aud, "iat": now.Unix(), "exp": now.Add(j.shape.Lifetime).Unix()})
	if j.shape.JTI {
		id := make([]byte, 16)
		if _, err := io.ReadFull(rand, id); err != nil {
			return "", fault.New(fault.Internal, "reading random bytes for jti: %w", err)
		}
		j.claims["jti"] = hex.EncodeToString(id)
	}
	if j.shape.NotBefore {
		j.claims["nbf"] = now.Unix()
	}
	extra, err := literals(j.path+".claims", j.shape.Claims)
	if err != nil {
		return "", err
	}
	for name, value := range extra {
		if _, own := j.claims[name]; own && isNull(value) {
			delete(j.claims, name) // some servers refuse what they do not know
			continue
		}
		j.claims[name] = value
	}
	alg := cmp.Or(j.shape.Alg, keys.DefaultAlg(key))
	key = key.Within(j.shape.Lifetime/2, "half of what the signed may be used for ("+j.path+".lifetime), so it is not sent")
	signed, err := jwt.Sign(key, alg, header, j.claims)
	if err != nil && key.HasProgram() && key.CheckSigning(alg) == nil { // it says itself what failed
		return "", fmt.Errorf("signing %s: %w", j.name, err)
	}
	if err != nil {
		return "", fault.New(fault.Config, "signing %s: %w", j.name, err).
			Hint("%s (--key) and %s.alg (--alg) must fit each other", j.key, j.path)
	}
	return signed, nil
}

// certificate is where that of the key may stand: client.certificate is of client.key alone.
func (j jws) certificate() string {
	beside := "in the file of " + j.key + ", beside the key"
	if j.key == profile.ClientKey {
		return "client.certificate (--certificate), or " + beside
	}
	return beside
}

func isNull(value any) bool {
	raw, ok := value.(json.RawMessage) // of a flag
	return value == nil || ok && string(bytes.TrimSpace(raw)) == "null"
}

// audience never takes aud from the network on its own: only the profile
// decides whether it is the issuer, the token URL or a literal.
func (j jws) audience(at Server) (string, error) {
	aud := j.shape.Audience
	switch aud {
	case "", "issuer":
		aud = at.Issuer
	case "token_url":
		aud = at.TokenURL
	}
	if aud == "" {
		f := fault.New(fault.Config, "%s has no audience: %s.audience is %q and that is not known", j.name, j.path, j.shape.Audience)
		if j.shape.Audience == "token_url" {
			return "", f.Hint("set token_url in the profile: an assertion names none that a discovery document has on another host (authctl doctor shows it)")
		}
		return "", f.Hint("set issuer or token_url in the profile, or %s.audience to the value the server expects", j.path)
	}
	return aud, nil
}

func (j jws) header(key *keys.Key) (map[string]any, error) {
	header := map[string]any{}
	if j.shape.Typ != "none" && j.shape.Typ != "" {
		header["typ"] = j.shape.Typ
	}
	name, value, err := KeyID(j.shape.KID, key)
	if err != nil {
		return nil, fault.New(fault.Config, "%s.kid %s: %w", j.path, j.shape.KID, err).
			Hint("%s.kid is %s, or the value itself; x5t needs a certificate: %s", j.path, strings.Join(profile.KIDs(), ", "), j.certificate())
	}
	if value != "" {
		header[name] = value
	}
	if j.shape.X5C {
		if header["x5c"], err = key.X5C(); err != nil {
			return nil, fault.New(fault.Config, "%s.x5c: %w", j.path, err).
				Hint("a certificate is needed: %s", j.certificate())
		}
	}
	extra, err := literals(j.path+".headers", j.shape.Headers)
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
			return nil, fault.New(fault.Config, "%s: %q is a secret, and an assertion can be read by anyone who sees it", path, f.Name).
				Hint("use value: in %s", path)
		}
		if _, twice := members[f.Name]; twice {
			return nil, fault.New(fault.Config, "%s: %q is given twice", path, f.Name)
		}
		members[f.Name] = f.Value
	}
	return members, nil
}
