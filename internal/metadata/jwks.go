package metadata

import (
	"context"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// Keys fetches the server's JWKS. fresh skips the cache: an unknown kid is
// worth one refetch (key rotation), not more.
func (s *Source) Keys(ctx context.Context, p *profile.Profile, fresh bool) ([]*keys.Key, error) {
	e, err := s.Resolve(ctx, p, NeedJWKS)
	if err != nil {
		return nil, err
	}
	read := s.get
	if fresh {
		read = s.fetch
	}
	body, err := read(ctx, e.JWKS, keys.MaxSize)
	if err != nil {
		return nil, networkFault(p, "JWKS", e.JWKS, err)
	}
	set, err := keys.ParseJWKS(body)
	if err != nil {
		return nil, fault.New(fault.Network, "JWKS %s: %w", e.JWKS, err)
	}
	if s.Cache != nil {
		s.Cache.Save(e.JWKS, body)
	}
	return keys.PublicOnly(set), nil
}
