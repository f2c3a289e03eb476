package inspect

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/saml"
)

// Kind is what a token turned out to be.
type Kind string

// The kinds of tokens.
const (
	JWT    Kind = "jwt"    // a signed JWT (RFC 7519)
	JWS    Kind = "jws"    // a signature over something that is no JSON object (RFC 7515)
	JWE    Kind = "jwe"    // encrypted; only its header can be read (RFC 7516)
	Opaque Kind = "opaque" // only its server can read it
	SAML   Kind = "saml"   // a SAML 2.0 assertion
)

// Report is what could be read from one token.
type Report struct {
	Kind     Kind
	Verified bool // set by the caller, after jwt.Verify
	// Checked says what was verified, such as "signature" or "signature and claims".
	Checked   string
	Header    jwt.Object
	Claims    jwt.Object
	Payload   []byte // of a JWS that is no JWT
	Length    int    // characters of an opaque token
	Assertion saml.Assertion
}

// ErrDamaged is for text that begins as a JWT and is none.
var ErrDamaged = errors.New("it begins like a JWT and is damaged or cut off")

// Look reads what can be read from one token and verifies nothing.
func Look(token string) (Report, error) {
	if len(token) > saml.MaxSize {
		return Report{}, errors.New("it is too long for a token")
	}
	if saml.IsSAML([]byte(token)) {
		a, err := saml.Read([]byte(token))
		return Report{Kind: SAML, Assertion: a}, err
	}
	switch strings.Count(token, ".") {
	case 2:
		t, err := jwt.Parse(token)
		if err == nil {
			return OfToken(t), nil
		}
		if !errors.Is(err, jwt.ErrNotJWS) {
			return Report{}, err
		}
	case 4:
		if header, err := jweHeader(token); err == nil {
			return Report{Kind: JWE, Header: header}, nil
		}
	}
	// Every JOSE header begins with {" and so every JWT with eyJ.
	if strings.HasPrefix(token, "eyJ") && strings.Contains(token, ".") {
		return Report{}, ErrDamaged
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		return Report{}, errors.New("it is no token: of a token all characters are visible ASCII (RFC 6749 A.12)")
	}
	return Report{Kind: Opaque, Length: len(token)}, nil
}

// OfToken is the report of a JWS that was taken apart already.
func OfToken(t *jwt.Token) Report {
	if t.Claims == nil {
		return Report{Kind: JWS, Header: t.Header, Payload: t.Payload}
	}
	return Report{Kind: JWT, Header: t.Header, Claims: t.Claims}
}

// jweHeader reads the first of the five parts of a compact JWE (RFC 7516 3.1).
func jweHeader(token string) (jwt.Object, error) {
	if len(token) > jwt.MaxSize {
		return nil, errors.New("too long")
	}
	first, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return nil, err
	}
	header, err := jwt.ParseObject(raw)
	if err == nil && !header.Has("enc") {
		err = errors.New("no enc")
	}
	return header, err
}

// Expiry is when the token ends, zero when it does not say.
func (r Report) Expiry() (time.Time, error) {
	if r.Kind == SAML {
		return r.Assertion.NotOnOrAfter, nil
	}
	return r.Claims.Time("exp")
}

// Claim gives a claim as raw text: a string without its quotes, else JSON. path
// is a claim's name, or names joined by dots; names that have dots themselves
// are found too.
func (r Report) Claim(path string) (string, bool) {
	raw, ok := find(r.Claims, path)
	if !ok {
		return "", false
	}
	var s string
	if json.Unmarshal(raw, &s) == nil && raw[0] == '"' {
		return s, true
	}
	return string(raw), true
}

func find(o jwt.Object, path string) (json.RawMessage, bool) {
	if o.Has(path) {
		return o.Raw(path), true
	}
	for i := range path {
		if path[i] != '.' {
			continue
		}
		inner, err := jwt.ParseObject(o.Raw(path[:i]))
		if err != nil {
			continue
		}
		if raw, ok := find(inner, path[i+1:]); ok {
			return raw, true
		}
	}
	return nil, false
}
