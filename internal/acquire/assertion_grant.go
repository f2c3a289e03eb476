package acquire

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/secret"
)

// ExchangeIssued is Exchange of an assertion of p's security token service. A kept
// one that the server does not want is asked for anew, once.
func (a *Acquirer) ExchangeIssued(ctx context.Context, session, p *profile.Profile, actor grant.Subject, o Options) (Result, error) {
	r, err := a.exchangeIssued(ctx, session, p, actor, o)
	if a.spoilt(err) { // not again for the next, which another process may have kept: N of them would ask N times
		return a.exchangeIssued(ctx, session, p, actor, o)
	}
	return r, err
}

func (a *Acquirer) exchangeIssued(ctx context.Context, session, p *profile.Profile, actor grant.Subject, o Options) (Result, error) {
	subject, err := a.issuedSubject(ctx, p)
	if err != nil {
		return Result{}, err
	}
	return a.Exchange(ctx, session, p, grant.TokenExchange{Profile: p, Subject: subject, Actor: actor}, o)
}

// issuedGrant is the profile's own grant of an assertion of its service.
func (a *Acquirer) issuedGrant(ctx context.Context, p *profile.Profile) (grant.Grant, error) {
	subject, err := a.issuedSubject(ctx, p)
	if err != nil || !p.GrantType().Exchanges() {
		return grant.NewSAML2Bearer(p, subject), err
	}
	return grant.WithActor(ctx, a.Secrets, grant.TokenExchange{Profile: p, Subject: subject})
}

func (a *Acquirer) issuedSubject(ctx context.Context, p *profile.Profile) (grant.Subject, error) {
	issued, err := a.Assertion(ctx, p, Options{unfit: a.unfit})
	if err != nil {
		return grant.Subject{}, err
	}
	a.kept = ""
	if issued.FromStore {
		a.kept = string(issued.Assertion.Raw)
	}
	return grant.Subject{
		Token: secret.New(saml.Encode(issued.Assertion.Raw)), Type: cmp.Or(p.Exchange.SubjectTokenType, "saml2"), Assertion: issued.Assertion,
	}, nil
}

// spoilt is true where err refuses an assertion that was kept. The next one is new.
func (a *Acquirer) spoilt(err error) bool {
	if a.kept == "" || !refusedSubject(err) {
		return false
	}
	a.unfit, a.kept = a.kept, ""
	return true
}

// ClaimSTS is p with claims of one call, each name=value, in place of those of the
// same names: the same client, for another one's data.
func ClaimSTS(p *profile.Profile, claims []string) (*profile.Profile, error) {
	if len(claims) == 0 {
		return p, nil
	}
	if p.STS.URL == "" {
		return nil, fault.New(fault.Usage, "--sts-claim is for a security token service, and the profile has none").
			Hint("set sts.url in profile %s", p.Name)
	}
	changed := *p
	changed.STS.Claims = slices.Clone(p.STS.Claims)
	given := map[string]bool{}
	for _, raw := range claims {
		name, value, found := strings.Cut(raw, "=")
		if !found || name == "" || value == "" {
			return nil, fault.New(fault.Usage, "--sts-claim needs name=value")
		}
		if given[name] {
			return nil, fault.New(fault.Usage, "--sts-claim %s is given twice", name)
		}
		given[name] = true
		claim := profile.STSClaim{Name: name, Value: value}
		if slices.Contains(p.STS.Claims, claim) {
			continue // what is kept for it is the profile's own
		}
		if at := slices.IndexFunc(changed.STS.Claims, func(c profile.STSClaim) bool { return c.Name == name }); at >= 0 {
			changed.STS.Claims[at] = claim
		} else {
			changed.STS.Claims = append(changed.STS.Claims, claim)
		}
		changed.STS.Asked = strings.TrimPrefix(changed.STS.Asked+", sts-claim "+raw, ", ")
	}
	return &changed, nil
}

// Unclaimed is an error where a call has claims of its own for a token that is not made
// from an assertion of the service: it would be kept, and given, as if it were theirs.
func Unclaimed(p *profile.Profile) error {
	if p.STS.Asked == "" {
		return nil
	}
	return fault.New(fault.Usage, "--sts-claim has no part in this token: it is not made from an assertion of the security token service")
}

// besideClaims are the facts of a record that a call's own claims led to.
func besideClaims(p *profile.Profile) map[string]string {
	if p.STS.Asked == "" {
		return nil
	}
	return map[string]string{askedFor: p.STS.Asked}
}
