package keys

import (
	"context"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Of is the key of a profile's field: what ref points to, or where that stays
// where it is its public half, whose Signer is asked for each signature.
func Of(ctx context.Context, s secret.Resolver, profileName, field string, ref secret.Ref, o Options) (*Key, error) {
	raw, err := s.Resolve(ctx, profileName, ref)
	if err != nil {
		return nil, err
	}
	key, err := Load([]byte(raw.Reveal()), o)
	if err != nil {
		return nil, fault.New(fault.Config, "%s %s: %w", field, ref, err).
			Hint("authctl kid FILE shows what a key file holds")
	}
	if !ref.Signs() {
		return key, nil
	}
	signer, ok := s.(secret.Signer)
	if !ok {
		return nil, fault.New(fault.Config, "%s %s: no signer is asked here", field, ref)
	}
	key, err = key.SignedBy(ctx, func(ctx context.Context, what secret.ToSign) ([]byte, error) {
		return signer.Sign(ctx, ref, what)
	})
	if err != nil {
		return nil, fault.New(fault.Config, "%s: public: %s: %w", field, ref.Public, err).
			Hint("public: names the public key or the certificate of the signer's key")
	}
	return key, nil
}
