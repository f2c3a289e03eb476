package metadata

import (
	"context"
	"errors"
	"net/url"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// Verify verifies a token under the keys of the profile's server. A key that
// is not among the cached ones is worth one fetch of the JWKS (rotation),
// never more. o.Keys is not looked at.
func (s *Source) Verify(ctx context.Context, p *profile.Profile, token string, o jwt.VerifyOptions) (t *jwt.Token, err error) {
	for _, fresh := range []bool{false, true} {
		if o.Keys, err = s.Keys(ctx, p, fresh); err != nil {
			return nil, err
		}
		if t, err = jwt.Verify(token, o); !errors.Is(err, jwt.ErrUnknownKey) {
			break
		}
	}
	return t, err
}

// JWKS fetches a JWK Set that the user named: https, or http on loopback.
func JWKS(ctx context.Context, client Getter, at string) ([]*keys.Key, error) {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !profile.Loopback(u.Hostname()) {
		return nil, fault.New(fault.Usage, "a JWKS is fetched from an https URL only, or from http on loopback")
	}
	answer, err := client.Get(ctx, at, keys.MaxSize)
	if err != nil {
		return nil, endpoint.Lost("the JWKS", at, err)
	}
	if answer.Status != 200 {
		return nil, networkFault("JWKS", "the JWKS", at, endpoint.AsRefusal(answer))
	}
	set, err := keys.ParseJWKS(answer.Body)
	if err != nil {
		return nil, fault.New(fault.Network, "JWKS %s: %w", at, err)
	}
	return keys.PublicOnly(set), nil
}
