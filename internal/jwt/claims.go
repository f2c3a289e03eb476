package jwt

import (
	"crypto"
	_ "crypto/sha256" // crypto.SHA256 below
	_ "crypto/sha512" // crypto.SHA384 and SHA512 below
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// checkClaims collects every problem, so that one look shows them all.
func (t *Token) checkClaims(o VerifyOptions) error {
	if t.claimsErr != nil {
		return fmt.Errorf("the token's payload is no set of claims: %w", t.claimsErr)
	}
	problems := []error{t.checkTimes(o), t.checkAudience(o)}
	if o.Issuer != "" && t.Claims.String("iss") != o.Issuer {
		problems = append(problems, fmt.Errorf("iss is %s, expected %q", shown(t.Claims, "iss"), o.Issuer))
	}
	if o.Nonce != "" && t.Claims.String("nonce") != o.Nonce {
		// RFC 6749 10.12 in spirit: the expected value is not repeated.
		problems = append(problems, errors.New("nonce is not the one that was sent"))
	}
	if o.Typ != "" && !sameTyp(t.Header.String("typ"), o.Typ) {
		problems = append(problems, fmt.Errorf("typ is %s, expected %q", shown(t.Header, "typ"), o.Typ))
	}
	if o.AccessToken != "" && t.Claims.Has("at_hash") {
		problems = append(problems, t.checkATHash(o.AccessToken))
	}
	return errors.Join(problems...)
}

// sameTyp compares media types without their case and with an implied "application/" (RFC 7515 4.1.9).
func sameTyp(a, b string) bool {
	trim := func(s string) string { return strings.TrimPrefix(strings.ToLower(s), "application/") }
	return trim(a) == trim(b)
}

func (t *Token) checkTimes(o VerifyOptions) error {
	var problems []error
	at := map[string]time.Time{}
	for _, name := range []string{"exp", "nbf", "iat"} {
		v, err := t.Claims.Time(name)
		if err != nil {
			problems = append(problems, err)
		}
		at[name] = v
	}
	switch exp := at["exp"]; {
	case exp.IsZero() && !t.Claims.Has("exp"):
		if !o.OptionalExp {
			problems = append(problems, errors.New("exp is missing"))
		}
	case !exp.IsZero() && !o.AllowExpired && !o.Now.Before(exp.Add(o.Leeway)):
		// RFC 7519 4.1.4: on or after exp the token must not be accepted.
		problems = append(problems, fmt.Errorf("%w (exp %s)", ErrExpired, exp.UTC().Format(time.RFC3339)))
	}
	for _, name := range []string{"nbf", "iat"} {
		if v := at[name]; !v.IsZero() && v.After(o.Now.Add(o.Leeway)) {
			problems = append(problems, fmt.Errorf("%s is in the future (%s); one of the two clocks is wrong", name, v.UTC().Format(time.RFC3339)))
		}
	}
	return errors.Join(problems...)
}

func (t *Token) checkAudience(o VerifyOptions) error {
	aud := t.Claims.Strings("aud")
	var problems []error
	for _, want := range []string{o.Audience, o.ClientID} {
		if want != "" && !slices.Contains(aud, want) {
			problems = append(problems, fmt.Errorf("aud is %s, expected %q", shown(t.Claims, "aud"), want))
		}
	}
	party := o.Party
	if party == "" {
		party = o.ClientID
	}
	// OpenID Connect Core 3.1.3.7, 4 and 5.
	switch azp := t.Claims.Has("azp"); {
	case party != "" && azp && t.Claims.String("azp") != party:
		problems = append(problems, fmt.Errorf("azp is %s, expected %q", shown(t.Claims, "azp"), party))
	case o.ClientID != "" && !azp && len(aud) > 1:
		problems = append(problems, errors.New("aud names several audiences and azp is missing"))
	}
	return errors.Join(problems...)
}

// checkATHash compares at_hash: the left half of the access token's hash, by
// the hash of the ID Token's alg (OpenID Connect Core 3.1.3.6).
func (t *Token) checkATHash(accessToken string) error {
	want, err := ATHash(t.Alg(), accessToken)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(t.Claims.String("at_hash"))) != 1 {
		return errors.New("at_hash is not that of the access token")
	}
	return nil
}

// ATHash is the at_hash of an access token beside an ID Token signed with alg.
func ATHash(alg, accessToken string) (string, error) {
	hash := crypto.Hash(0)
	switch {
	case strings.HasSuffix(alg, "256"):
		hash = crypto.SHA256
	case strings.HasSuffix(alg, "384"):
		hash = crypto.SHA384
	case strings.HasSuffix(alg, "512"), alg == "EdDSA", alg == "Ed25519":
		hash = crypto.SHA512
	default:
		return "", fmt.Errorf("no hash belongs to alg %.20q", alg)
	}
	h := hash.New()
	_, _ = h.Write([]byte(accessToken))
	sum := h.Sum(nil)
	return b64(sum[:len(sum)/2]), nil
}

// shown is a claim in a message.
func shown(o Object, name string) string {
	if !o.Has(name) {
		return "missing"
	}
	return fmt.Sprintf("%.200s", o.Raw(name))
}
