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
	if body, ok := s.kept(e.JWKS); ok && !fresh {
		if set, err := keys.ParseJWKS(body); err == nil {
			return keys.PublicOnly(set), nil
		}
	}
	a, err := s.fetch(ctx, e.JWKS, keys.MaxSize)
	if err != nil {
		return nil, whence(p, networkFault("JWKS", "jwks_url", e.JWKS, err))
	}
	set, err := keys.ParseJWKS(a.Body)
	if err != nil {
		return nil, whence(p, fault.New(fault.Network, "JWKS %s: %w", e.JWKS, err))
	}
	s.keep(e.JWKS, a.Body)
	return keys.PublicOnly(set), nil
}

// IDTokenAlgs are the algorithms that the server publishes for id_tokens (OpenID
// Connect Discovery 3), nil where it publishes none or no discovery was needed.
func (s *Source) IDTokenAlgs(ctx context.Context, p *profile.Profile) []string {
	return s.Optional(ctx, p, NeedJWKS).Offers.IDTokenAlgs
}

// Grants are the grant types that the server lists (RFC 8414 2), nil where it
// lists none or nothing can be discovered.
func (s *Source) Grants(ctx context.Context, p *profile.Profile) []string {
	if _, at := p.Metadata(); at == "" {
		return nil
	}
	asked := *p
	asked.Discovery = "always"
	return s.Optional(ctx, &asked, NeedToken).Offers.Grants
}

// whence says where the address of the keys came from.
func whence(p *profile.Profile, f *fault.Error) error {
	if later(f) {
		return f
	}
	if p.JWKSURL != "" {
		return f.Hint("check jwks_url of profile %s", p.Name)
	}
	return f.Hint("the discovery document names that address; jwks_url in profile %s replaces it", p.Name)
}
