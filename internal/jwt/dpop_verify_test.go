package jwt

import (
	"errors"
	"fmt"
	"time"

	"authctl/internal/keys"
)

// ProofCheck is what a server holds a DPoP proof against (RFC 9449 4.3).
type ProofCheck struct {
	Method      string
	URL         string        // without query and fragment
	Nonce       string        // "" when the server gave none
	AccessToken string        // ath is required when set
	Now         time.Time     // iat must be near it
	Window      time.Duration // how near; 0 means 60 s
}

// VerifyProof checks a DPoP proof and returns the public key it brought along,
// whose Thumbprint is the jkt of a bound token. Whether its jti was seen
// before is the caller's to know.
func VerifyProof(proof string, c ProofCheck) (*keys.Key, *Token, error) {
	t, err := Parse(proof)
	if err != nil {
		return nil, nil, err
	}
	if t.Header.String("typ") != "dpop+jwt" {
		return nil, t, errors.New("typ is not dpop+jwt")
	}
	key, err := keys.Load(t.Header.Raw("jwk"), keys.Options{})
	if err != nil {
		return nil, t, fmt.Errorf("the jwk in the header: %w", err)
	}
	if key.Signer != nil || key.Public == nil {
		return nil, t, errors.New("the jwk in the header is not a public key")
	}
	// The one place where a token may bring its key: possession is all it proves.
	if err := t.verifyWith(key); err != nil {
		return nil, t, err
	}
	return key, t, t.checkProof(c)
}

func (t *Token) checkProof(c ProofCheck) error {
	var problems []error
	want := map[string]string{"htm": c.Method, "htu": c.URL}
	if c.Nonce != "" {
		want["nonce"] = c.Nonce
	}
	if c.AccessToken != "" {
		want["ath"] = AccessTokenHash(c.AccessToken)
	}
	for _, name := range []string{"htm", "htu", "nonce", "ath"} {
		if value, ok := want[name]; ok && t.Claims.String(name) != value {
			problems = append(problems, fmt.Errorf("%s is %s, expected %q", name, shown(t.Claims, name), value))
		}
	}
	if t.Claims.String("jti") == "" {
		problems = append(problems, errors.New("jti is missing"))
	}
	window := c.Window
	if window == 0 {
		window = time.Minute
	}
	iat, err := t.Claims.Time("iat")
	if err != nil || iat.Before(c.Now.Add(-window)) || iat.After(c.Now.Add(window)) {
		problems = append(problems, errors.New("iat is not now"))
	}
	return errors.Join(problems...)
}
