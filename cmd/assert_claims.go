package cmd

import (
	"net/url"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/shown"
)

// apply puts the flags into this call's profile, of which p is a copy.
func (o assertOptions) apply(p *profile.Profile) error {
	a, path := &p.Assertion, "assertion"
	if o.clientID != "" {
		p.Client.ID = o.clientID
	}
	if o.grant {
		if p.GrantAssertion == nil {
			return fault.New(fault.Usage, "--grant: the profile signs no grant, it has no grant_assertion").
				Hint("docs/profiles.md lists the fields of grant_assertion")
		}
		own := *p.GrantAssertion
		p.GrantAssertion, a, path = &own, &own.Assertion, "grant_assertion"
		set(&own.Issuer, o.clientID)
		set(&own.Subject, o.subject)
	}
	set(&a.Audience, o.audience)
	set(&a.Alg, o.alg)
	set(&a.Typ, o.typ)
	set(&a.KID, o.kid)
	if o.lifetime != 0 {
		a.Lifetime = o.lifetime
	}
	claims, err := acquire.ParseClaims(o.claims)
	if err != nil {
		return err
	}
	headers, err := acquire.ParseMembers("--header", o.headers)
	if err != nil {
		return err
	}
	for _, h := range headers {
		if by, taken := a.TakenHeaders(path)[h.Name]; taken {
			return fault.New(fault.Usage, "--header must not be %s, which is set by %s", h.Name, by)
		}
	}
	a.Claims, a.Headers = acquire.WithClaims(a.Claims, claims), acquire.WithClaims(a.Headers, headers)
	return nil
}

// set is a flag that was given.
func set(to *string, flag string) {
	if flag != "" {
		*to = flag
	}
}

// assertionOutput is stdout: the assertion, of that client_assertion_type, or the two parameters of RFC 7521 4.1 or 4.2.
func assertionOutput(o assertOptions, kind, signed string) ([]byte, error) {
	typ, name := "client_assertion_type", "client_assertion"
	if o.grant {
		typ, kind, name = "grant_type", profile.GrantNamed(grant.JWTBearer{}.Name()).Wire, "assertion"
	}
	switch o.output {
	case "form":
		return []byte(typ + "=" + url.QueryEscape(kind) + "&" + name + "=" + signed + "\n"), nil
	case "json":
		return shown.JSON(map[string]string{typ: kind, name: signed})
	default:
		return []byte(signed + "\n"), nil
	}
}
