package acquire

import (
	"fmt"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/profile"
	"authctl/internal/shown"
	"authctl/internal/token"
)

// silent is a warn for what was said when it happened.
func silent(string) {}

// validate reads a token response to a request for the scopes asked, and
// checks its type against the profile. warn gets a line for what a person
// should know of it. With an error nothing of the answer may be used but what
// endpoint.Salvage finds.
func validate(p *profile.Profile, answer endpoint.Answer, asked string, warn func(string)) (token.Set, error) {
	parse, byIDToken := endpoint.ParseToken, p.Token.Select == "id_token"
	if byIDToken {
		parse = endpoint.ParseIDToken
	}
	set, err := parse(answer, asked)
	if err != nil {
		return token.Set{}, notGranted(p, answer, err)
	}
	if p.Token.IDTokenExpiry || byIDToken {
		set.ExpiresAt = noLaterThan(set.ExpiresAt, set.IDToken.Reveal())
	}
	if err := checkType(p, set.TokenType); err != nil {
		return token.Set{}, err
	}
	if scheme := p.API.Scheme; set.TokenType == "" && !strings.EqualFold(scheme, "DPoP") {
		// token_type is REQUIRED (RFC 6749 5.1), and some leave it out.
		warn("the server named no token_type: the token is taken for one of type " + scheme)
		set.TokenType = scheme
	}
	if set.Missing != "" {
		warn("the server granted fewer scopes than asked, without " + shown.Clean(set.Missing))
	}
	return set, nil
}

// notGranted is why the answer gives no token of this profile.
func notGranted(p *profile.Profile, answer endpoint.Answer, err error) error {
	f := fault.New(fault.Network, "%w", err)
	if m, bad := answer.Members(); bad == nil && !m.Has("access_token") && m.Has("id_token") && p.Token.Select != "id_token" {
		return f.Hint("it has an id_token: token.select: id_token in profile %s takes that for the token", p.Name)
	}
	return f.Hint("check token_url of profile %s; -v shows the exchange", p.Name)
}

// checkType: a token that is not bound to the key is of another type (RFC 9449 5).
func checkType(p *profile.Profile, tokenType string) error {
	if !p.DPoP.Enabled || strings.EqualFold(tokenType, "DPoP") {
		return nil
	}
	what := "a " + shown.Clean(tokenType) + " token"
	if tokenType == "" {
		what = "a token without token_type"
	}
	return fault.New(fault.Invalid, "the server granted %s where DPoP was asked", what).
		Hint("dpop.enabled: false in profile %s, if the server binds no tokens", p.Name)
}

// unknownLifetime is how long the token of a login is kept that nothing can
// renew and whose server did not say how long it is good: as long as a person
// may want to go without another login, and no longer than a day.
const unknownLifetime = 24 * time.Hour

// lasting says how long a token is kept whose answer had no expires_in, which
// is only RECOMMENDED (RFC 6749 5.1): as the profile says, else that of a login
// until the API refuses it, and never longer than a JWT says itself. renewable
// is true where a refresh token is held.
func lasting(p *profile.Profile, grantName string, renewable bool, set token.Set, warn func(string)) token.Set {
	keep, what := p.Token.DefaultLifetime, ""
	_, said := set.Expiry()
	switch {
	case keep > 0 || p.Token.SingleUse && !interactive(grantName):
	case said:
		if !lasts(set) {
			warn("expires_in says that the token is over already: it is not kept")
		}
	case renewable:
		what = "no expires_in: the token is refreshed for every use"
	case interactive(grantName):
		keep = unknownLifetime
		what = fmt.Sprintf("neither expires_in nor a refresh token: the token is kept until the API refuses it, %.0f h at most", keep.Hours())
	default:
		what = "no expires_in: the token is not kept"
	}
	if what != "" {
		warn(fmt.Sprintf("the server gave %s; token.default_lifetime of profile %s would say how long it is good", what, p.Name))
	}
	if !said && keep > 0 {
		set.KeepUntil = noLaterThan(set.ObtainedAt.Add(keep), set.AccessToken.Reveal())
	}
	return set
}

// lasts is true for a token that is worth keeping.
func lasts(set token.Set) bool {
	return set.ExpiresAt.After(set.ObtainedAt) || !set.KeepUntil.IsZero()
}

// noLaterThan is expiry, or the JWT's exp where that is earlier. The token came
// over TLS from the server itself, and only shortens a life: its signature need
// not be looked at here.
func noLaterThan(expiry time.Time, token string) time.Time {
	t, err := jwt.Parse(token)
	if err != nil || t.Claims == nil {
		return expiry
	}
	end, err := t.Claims.Time("exp")
	if err != nil || end.IsZero() || (!expiry.IsZero() && expiry.Before(end)) {
		return expiry
	}
	return end
}
