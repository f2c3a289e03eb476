package flows

import (
	"context"
	"slices"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/token"
)

// endpoints finds what a login needs. With openid the keys are among it:
// an id_token that nobody could verify is not asked for.
func (d Deps) endpoints(ctx context.Context, p *profile.Profile, needs ...metadata.Need) (metadata.Endpoints, *metadata.Source, error) {
	src, err := d.Metadata(ctx, p)
	if err != nil {
		return metadata.Endpoints{}, nil, err
	}
	needs = append(needs, metadata.NeedToken)
	if slices.Contains(p.Scopes, "openid") {
		needs = append(needs, metadata.NeedJWKS, metadata.NeedIssuer)
		if p.Issuer == "" && p.DiscoveryURL == "" {
			return metadata.Endpoints{}, nil, fault.New(fault.Config, "the scope openid needs an issuer, to verify the id_token").
				Hint("set issuer in profile %s, or take openid out of scopes", p.Name)
		}
	}
	e, err := src.Resolve(ctx, p, needs...)
	return e, src, err
}

// params are the profile's extra authorize parameters, then the flags'.
// They travel in the browser's address bar; profile.Validate lets no secret be one.
func params(p *profile.Profile, flags []endpoint.Param) []endpoint.Param {
	list := make([]endpoint.Param, 0, len(p.Login.Params)+len(flags))
	for _, f := range p.Login.Params {
		list = append(list, endpoint.Param{Name: f.Name, Value: f.Value})
	}
	return append(list, flags...)
}

// idToken is the check of a login's id_token with the server's keys.
func (d Deps) idToken(p *profile.Profile, src *metadata.Source, issuer, nonce string, maxAge *time.Duration) login.IDToken {
	return login.IDToken{
		Profile: p.Name, Issuer: issuer, ClientID: p.Client.ID, Nonce: nonce, Scopes: p.Scopes, MaxAge: maxAge, Now: d.Now,
		Keys: func(ctx context.Context, fresh bool) ([]*keys.Key, error) { return src.Keys(ctx, p, fresh) },
		Algs: func(ctx context.Context) []string { return src.IDTokenAlgs(ctx, p) },
	}
}

// Renewed judges the id_token of a refresh.
func (d Deps) Renewed(ctx context.Context, p *profile.Profile, old, granted token.Set) error {
	src, err := d.Metadata(ctx, p)
	if err != nil {
		return err
	}
	issuer, err := src.Issuer(ctx, p)
	if err != nil {
		return err
	}
	check := d.idToken(p, src, issuer, "", nil)
	check.Renews = old.IDToken.Reveal()
	return check.Verify(ctx, granted)
}
