package acquire

import (
	"encoding/json"
	"slices"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/profile"
)

// ParseClaims reads --claim name=json.
func ParseClaims(flags []string) ([]profile.Field, error) { return ParseMembers("--claim", flags) }

// ParseMembers reads a flag of name=json. The JSON goes into the assertion as it
// is written, so that no number changes its digits.
func ParseMembers(flag string, flags []string) ([]profile.Field, error) {
	var fields []profile.Field
	for _, s := range flags {
		name, value, found := strings.Cut(s, "=")
		switch {
		case !found || name == "":
			return nil, fault.New(fault.Usage, "%s takes name=json", flag)
		case !json.Valid([]byte(value)):
			return nil, fault.New(fault.Usage, "%s %s: the value is not JSON", flag, name).Hint(`a text needs quotes: %s '%s="..."'`, flag, name)
		case named(fields, name):
			return nil, fault.New(fault.Usage, "%s %s is given twice", flag, name)
		}
		fields = append(fields, profile.Field{Name: name, Value: json.RawMessage(value)})
	}
	return fields, nil
}

// WithClaims is own with the claims of this call, which go before its own.
func WithClaims(own, extra []profile.Field) []profile.Field {
	claims := slices.Clone(extra)
	for _, f := range own {
		if !named(extra, f.Name) {
			claims = append(claims, f)
		}
	}
	return claims
}

func named(fields []profile.Field, name string) bool {
	return slices.ContainsFunc(fields, func(f profile.Field) bool { return f.Name == name })
}

// sign puts claims and subject of this call into the assertion that p signs:
// that of its grant, else the client's.
func (o Overrides) sign(p *profile.Profile) error {
	extra, err := ParseClaims(o.Claims)
	if err != nil {
		return err
	}
	if named(extra, "aud") && p.Name != profile.Alone {
		return fault.New(fault.Usage, "--claim aud: who takes the assertion is the profile's to say").Hint("set assertion.audience or grant_assertion.audience in profile %s", p.Name)
	}
	if p.GrantAssertion != nil {
		a := *p.GrantAssertion // p is a copy, and shares it with the profile
		a.Claims = WithClaims(a.Claims, extra)
		if o.Subject != "" {
			a.Subject = o.Subject
		}
		p.GrantAssertion = &a
		return nil
	}
	switch {
	case o.Subject != "":
		return fault.New(fault.Usage, "--subject is for a grant that the client signs, and the profile has no grant_assertion")
	case len(extra) > 0 && !p.Client.Method().Signs:
		return fault.New(fault.Usage, "--claim goes into an assertion that the client signs, and client.auth %s signs none", p.Client.Auth).
			Hint("client.auth: private_key_jwt, or grant_assertion with grant: jwt_bearer")
	}
	p.Assertion.Claims = WithClaims(p.Assertion.Claims, extra)
	return nil
}
