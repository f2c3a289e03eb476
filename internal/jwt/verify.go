package jwt

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"authctl/internal/keys"
)

// ErrUnknownKey says that no given key is the one the token names; a newer
// JWKS may have it.
var ErrUnknownKey = errors.New("no given key is the one the token was signed with")

// ErrSignature says that the signature is not that of the key.
var ErrSignature = errors.New("the signature does not match")

// ErrExpired says that exp has passed.
var ErrExpired = errors.New("the token has expired")

// VerifyOptions says what a token must be. The zero value of each field that
// compares a claim leaves that claim unchecked; exp is required unless
// OptionalExp is set.
type VerifyOptions struct {
	Keys        []*keys.Key
	AllowedAlgs []string // "" means every algorithm that fits the key

	// SignatureOnly verifies the JWS and looks at no claim; the payload may be anything.
	SignatureOnly bool

	Issuer      string // iss, to the character
	Audience    string // must be in aud
	ClientID    string // of an ID Token: must be in aud, and be azp (OpenID Connect Core 3.1.3.7)
	Party       string // azp, when the token has one; for access tokens, whose aud is another's
	Nonce       string // nonce, to the character
	AccessToken string // at_hash is checked against it when the token has one
	Typ         string // typ, such as at+jwt

	Now          time.Time
	Leeway       time.Duration // for clocks that differ, on exp, nbf and iat
	OptionalExp  bool
	AllowExpired bool
}

// Verify checks the signature and then the claims. It returns the token, with
// every problem joined, also when verification fails after parsing, so that it
// can be shown; it is to be believed only when the error is nil.
func Verify(token string, o VerifyOptions) (*Token, error) {
	t, err := Parse(token)
	if err != nil {
		return nil, err
	}
	if err := t.verifySignature(o); err != nil {
		return t, err
	}
	if o.SignatureOnly {
		return t, nil
	}
	return t, t.checkClaims(o)
}

func (t *Token) verifySignature(o VerifyOptions) error {
	// Who signs must not say by which key to believe it, and nothing is fetched because a token says so.
	for _, name := range []string{"jwk", "jku", "x5u"} {
		if t.Header.Has(name) {
			return fmt.Errorf("the token brings its own key (%s in the header); that is never believed", name)
		}
	}
	alg := t.Alg()
	isAllowed := slices.ContainsFunc(o.AllowedAlgs, func(allowed string) bool { return keys.SameAlg(allowed, alg) })
	if len(o.AllowedAlgs) > 0 && !isAllowed {
		return fmt.Errorf("the token is signed with %.20q, expected one of %q", alg, o.AllowedAlgs)
	}
	if err := t.checkHeader(); err != nil {
		return err
	}
	candidates, err := t.candidates(o.Keys)
	if err != nil {
		return err
	}
	for _, key := range candidates {
		if err = t.verifyWith(key); err == nil {
			return nil
		}
	}
	return err
}

// verifyWith checks the signature with this very key, and the key with it.
func (t *Token) verifyWith(key *keys.Key) error {
	if err := t.checkHeader(); err != nil {
		return err
	}
	alg := t.Alg()
	method := methodOf(alg)
	if method == nil {
		return fmt.Errorf("the token's alg %.20q is unknown", alg)
	}
	for _, check := range []error{key.CheckVerifying(alg), key.CheckStrength(), key.CheckSecret(alg)} {
		if check != nil {
			return check
		}
	}
	var public any = key.Public
	if key.Public == nil {
		public = key.Oct
	}
	if err := method.Verify(t.signingInput, t.signature, public); err != nil {
		return ErrSignature
	}
	t.KeyID, t.SignatureOK = key.KID, true
	return nil
}

// checkHeader refuses what is not signed and what changes how the rest is to be read.
func (t *Token) checkHeader() error {
	switch alg := t.Alg(); {
	case alg == "":
		return errors.New("the token's header names no alg")
	case strings.EqualFold(alg, "none"):
		return errors.New(`the token is not signed (alg "none")`)
	case t.Header.Has("kid") && t.KID() == "":
		return errors.New("the kid in the token's header is no text")
	}
	// RFC 7515 4.1.11: an extension in crit that is not understood makes the
	// JWS invalid; none is understood here. b64 false (RFC 7797) counts
	// without crit too, because a reader who honours it reads another payload.
	if t.Header.Has("crit") {
		return fmt.Errorf("the token's header has critical extensions that are not understood: %.80s", t.Header.Raw("crit"))
	}
	if t.Header.Has("b64") {
		return errors.New("the token's header has b64 (RFC 7797), which is not understood")
	}
	return nil
}

// maxCandidates is how many keys are tried for one token.
const maxCandidates = 8

// candidates finds the keys to verify with: by the token's kid among the keys
// that fit its alg; where keys have no kid of their own, by what the kid could
// be computed from. Servers repeat keys, and give two of them one kid (RFC 7517
// 4.5 only asks them not to): every one that fits is tried.
func (t *Token) candidates(all []*keys.Key) ([]*keys.Key, error) {
	kid := t.KID()
	var named, nameless []*keys.Key
	var misfit error
	for _, k := range all {
		isNamed := kid != "" && k.KID == kid
		switch err := k.CheckVerifying(t.Alg()); {
		case err != nil && (isNamed || len(all) == 1):
			misfit = err
		case err != nil:
		case isNamed:
			named = append(named, k)
		case kid == "" || k.KID == "":
			nameless = append(nameless, k)
		}
	}
	candidates := named
	if len(candidates) == 0 {
		candidates = computed(nameless, kid)
	}
	switch {
	case len(candidates) > maxCandidates:
		return nil, fmt.Errorf("%d of the given keys could be the one, and the token's kid (%.80q) does not tell them apart", len(candidates), kid)
	case len(candidates) > 0:
		return candidates, nil
	case misfit != nil:
		return nil, fmt.Errorf("the token is signed with %.20q, and its key is not for that: %w: %w", t.Alg(), misfit, ErrUnknownKey)
	default:
		return nil, fmt.Errorf("kid %.80q, alg %.20q: %w", kid, t.Alg(), ErrUnknownKey)
	}
}

// computed narrows keys without a kid by the identifiers others compute from a key.
func computed(nameless []*keys.Key, kid string) []*keys.Key {
	if len(nameless) < 2 || kid == "" {
		return nameless
	}
	for _, k := range nameless {
		for _, id := range []func() (string, error){k.SPKISHA256, k.Thumbprint, k.X5TS256, k.X5T} {
			if v, err := id(); err == nil && v == kid {
				return []*keys.Key{k}
			}
		}
	}
	return nameless
}
