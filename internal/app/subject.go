package app

import (
	"context"
	"time"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// CheckSubject refuses a SAML assertion that cannot succeed any more before
// it is sent (SAML Core 2.5.1.2), and warns when its holder-of-key
// certificate is not the client's key: the server will say so less clearly.
func (a *App) CheckSubject(ctx context.Context, p *profile.Profile, s grant.Subject, allowExpired bool) error {
	if s.Assertion == nil {
		return nil
	}
	end := s.Assertion.NotOnOrAfter
	if s.Assertion.Expired(a.Sys.Now()) && !allowExpired {
		return fault.New(fault.Invalid, "the assertion expired at %s (NotOnOrAfter): it was not sent", end.UTC().Format(time.RFC3339)).
			Hint("get a new assertion from its issuer; --allow-expired sends this one")
	}
	if s.Assertion.HolderOfKeyCert == nil || p.Client.Auth != "private_key_jwt" {
		return nil
	}
	key, err := clientauth.ClientKey(ctx, a.Secrets(), p)
	if err != nil {
		return err
	}
	holder := keys.Key{Public: s.Assertion.HolderOfKeyCert.PublicKey}
	theirs, err := holder.SPKISHA256()
	if err != nil {
		return fault.New(fault.Config, "the assertion's holder-of-key certificate: %w", err)
	}
	if mine, err := key.SPKISHA256(); err == nil && mine != theirs {
		a.Warn("the assertion is for the holder of key " + theirs + ", but client.key is " + mine)
	}
	return nil
}
