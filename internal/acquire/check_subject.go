package acquire

import (
	"context"
	"time"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// CheckSubject refuses a subject token that cannot succeed any more before it
// is sent, and warns when an assertion's holder-of-key certificate is not the
// client's key: the server will say so less clearly.
func (a *Acquirer) CheckSubject(ctx context.Context, p *profile.Profile, s grant.Subject, allowExpired bool) error {
	end, what, field := expiry(s)
	if !end.IsZero() && !a.Now().Before(end) && !allowExpired {
		return fault.New(fault.Invalid, "the %s expired at %s (%s): it was not sent", what, end.UTC().Format(time.RFC3339), field).
			Hint("get a new %s from its issuer; --allow-expired sends this one", what)
	}
	if s.Assertion != nil {
		for _, warning := range s.Assertion.Warnings {
			a.Warn(warning + "; it is sent as it is")
		}
	}
	return a.checkHolder(ctx, p, s)
}

// expiry is when a subject ends by its own account (SAML Core 2.5.1.2, RFC
// 7519 4.1.4) and what says so; zero where it cannot be read.
func expiry(s grant.Subject) (end time.Time, what, field string) {
	if s.Assertion != nil {
		return s.Assertion.NotOnOrAfter, "assertion", "NotOnOrAfter"
	}
	t, err := jwt.Parse(s.Token.Reveal())
	if err != nil {
		return time.Time{}, "", "" // opaque: only the server knows
	}
	end, err = t.Claims.Time("exp")
	if err != nil {
		return time.Time{}, "", ""
	}
	return end, "subject token", "exp"
}

func (a *Acquirer) checkHolder(ctx context.Context, p *profile.Profile, s grant.Subject) error {
	if s.Assertion == nil || s.Assertion.HolderOfKeyCert == nil || !p.Client.Method().Uses(profile.ClientKey) {
		return nil
	}
	key, err := clientauth.ClientKey(ctx, a.Secrets, p)
	if err != nil {
		return err
	}
	holder := keys.Key{Public: s.Assertion.HolderOfKeyCert.PublicKey}
	theirs, err := holder.SPKISHA256()
	if err != nil {
		// The server decides; this would only have been an early warning.
		a.Warn("the key of the assertion's holder-of-key certificate is not compared with client.key: " + err.Error())
		return nil
	}
	if mine, err := key.SPKISHA256(); err == nil && mine != theirs {
		a.Warn("the assertion is for the holder of key " + theirs + ", but client.key is " + mine)
	}
	return nil
}
