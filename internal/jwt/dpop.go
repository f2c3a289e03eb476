package jwt

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"time"

	"authctl/internal/keys"
)

// ProofOptions is what one DPoP proof is for (RFC 9449 4.2).
type ProofOptions struct {
	Method      string    // HTTP method, htm
	URL         string    // htu; query and fragment are dropped
	Nonce       string    // from the server's DPoP-Nonce, "" when none was given
	AccessToken string    // ath is added when the proof goes with a token
	Now         time.Time // iat
	JTI         string    // unique per proof
	Alg         string    // "" means the key's default
}

// DPoPProof makes the proof of possession of key for one request.
func DPoPProof(key *keys.Key, o ProofOptions) (string, error) {
	if o.JTI == "" {
		return "", errors.New("a DPoP proof needs a jti (RFC 9449 4.2)")
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return "", errors.New("a DPoP proof needs the absolute URL of its request")
	}
	u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment, u.User = "", false, "", "", nil
	if key.Public == nil {
		return "", errors.New("a DPoP proof needs an asymmetric key (RFC 9449 4.2)")
	}
	jwk, err := key.PublicJWK()
	if err != nil {
		return "", fmt.Errorf("the DPoP key: %w", err)
	}
	claims := map[string]any{"jti": o.JTI, "htm": o.Method, "htu": u.String(), "iat": o.Now.Unix()}
	if o.Nonce != "" {
		claims["nonce"] = o.Nonce
	}
	if o.AccessToken != "" {
		claims["ath"] = AccessTokenHash(o.AccessToken)
	}
	alg := o.Alg
	if alg == "" {
		alg = keys.DefaultAlg(key)
	}
	return Sign(key, alg, map[string]any{"typ": "dpop+jwt", "jwk": jwk}, claims)
}

// AccessTokenHash is ath: base64url of the SHA-256 of the token (RFC 9449 4.2).
func AccessTokenHash(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return b64(sum[:])
}
