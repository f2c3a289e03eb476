package inspect

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/saml"
	"authctl/internal/shown"
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

	// SAMLDocument is a SAML Response or the like in which there is not exactly
	// one assertion that can be read.
	SAMLDocument Kind = "saml_document"
)

// Report is what could be read from one token.
type Report struct {
	Kind     Kind
	Member   string // of the token response that it stood in, "" for a token by itself
	Verified bool   // set by the caller, after jwt.Verify
	// Checked says what was verified, such as "signature" or "signature and claims".
	Checked string
	// Unverifiable says why nothing can verify it, such as a signature that was left out.
	Unverifiable string
	Notes        []string // what is odd about it and did not hinder reading

	Header    jwt.Object
	Claims    jwt.Object
	Payload   []byte // of a JWS that is no JWT
	Length    int    // characters of an opaque token
	Assertion saml.Assertion
	Document  *saml.Document // what the assertion came in, nil for one by itself
}

// ErrDamaged is for text that begins as a JWT and is none.
var ErrDamaged = errors.New("it begins like a JWT and is damaged or cut off")

// Look reads what can be read from one token and verifies nothing.
func Look(token string) (Report, error) {
	if len(token) > saml.MaxSize {
		return Report{}, errors.New("it is too long for a token")
	}
	if saml.IsSAML([]byte(token)) {
		return ofSAML(token)
	}
	// Dots alone make no JWT: opaque tokens have them, too.
	header, err := jwt.ReadHeader(token)
	switch dots := strings.Count(token, "."); {
	case dots > 0 && errors.Is(err, jwt.ErrNotJWS) && strings.HasPrefix(token, "eyJ"):
		// Every JOSE header begins with {" and so every JWT with eyJ.
		return Report{}, ErrDamaged
	case dots == 0 || errors.Is(err, jwt.ErrNotJWS):
		return opaque(token)
	case err != nil:
		return Report{}, err
	case dots == 4 && header.Has("enc"):
		return Report{Kind: JWE, Header: header}, nil
	case !header.Has("alg"): // RFC 7515 4.1.1: it must be there
		return opaque(token)
	}
	g, err := jwt.Glance(token)
	switch {
	case errors.Is(err, jwt.ErrNotJWS):
		return Report{}, ErrDamaged
	case err != nil:
		return Report{}, err
	}
	r := OfToken(g.Token)
	r.Notes, r.Unverifiable = g.Notes, g.Unverifiable
	return r, nil
}

// opaque holds a token to what RFC 6749 A.12 and A.17 allow.
func opaque(token string) (Report, error) {
	if strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		return Report{}, errors.New("it is no token: of a token all characters are visible ASCII (RFC 6749 A.12)")
	}
	return Report{Kind: Opaque, Length: len(token)}, nil
}

// ofSAML is the report of an assertion, by itself or within a message.
func ofSAML(text string) (Report, error) {
	d, err := saml.Open([]byte(text))
	if err != nil {
		return Report{}, err
	}
	r := Report{Kind: SAMLDocument, Notes: d.Notes, Document: &d}
	if d.Assertion != nil {
		r.Kind, r.Assertion = SAML, *d.Assertion
		r.Notes = append(r.Notes, r.unreadKeys()...)
	}
	if d.Root == "Assertion" {
		r.Document = nil
	}
	return r, nil
}

// OfToken is the report of a JWS that was taken apart already.
func OfToken(t *jwt.Token) Report {
	if t.Claims == nil {
		return Report{Kind: JWS, Header: t.Header, Payload: t.Payload}
	}
	return Report{Kind: JWT, Header: t.Header, Claims: t.Claims}
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
// are found too. Of an assertion it is an attribute's name.
func (r Report) Claim(path string) (string, bool) {
	if r.Kind == SAML {
		return r.attribute(path)
	}
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

// attribute is the one value of an attribute as it is, or all of them as the
// array that a JWT would have.
func (r Report) attribute(name string) (string, bool) {
	values, found := []string{}, false
	for _, a := range r.Assertion.Attributes {
		if a.Name == name { // which may stand in several statements (SAML core 2.7.3)
			values, found = append(values, a.Values...), true
		}
	}
	if !found || len(values) == 1 {
		return strings.Join(values, ""), found
	}
	list, err := shown.JSON(values)
	return strings.TrimSuffix(string(list), "\n"), err == nil
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
