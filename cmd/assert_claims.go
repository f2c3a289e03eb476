package cmd

import (
	"encoding/json"
	"net/url"
	"strings"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/shown"
)

// apply puts the flags into this call's profile.
func (o assertOptions) apply(p *profile.Profile, extra []profile.Field) {
	for _, f := range []struct {
		to   *string
		flag string
	}{
		{&p.Client.ID, o.clientID},
		{&p.Assertion.Audience, o.audience},
		{&p.Assertion.Alg, o.alg},
		{&p.Assertion.Typ, o.typ},
		{&p.Assertion.KID, o.kid},
	} {
		if f.flag != "" {
			*f.to = f.flag
		}
	}
	if o.lifetime != 0 {
		p.Assertion.Lifetime = o.lifetime
	}
	claims := append([]profile.Field{}, extra...)
	for _, own := range p.Assertion.Claims {
		if !hasField(extra, own.Name) {
			claims = append(claims, own)
		}
	}
	p.Assertion.Claims = claims
}

func hasField(fields []profile.Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// parseClaims reads --claim name=json. The JSON goes into the assertion as it
// is written, so that no number changes its digits.
func parseClaims(flags []string) ([]profile.Field, error) {
	var fields []profile.Field
	for _, s := range flags {
		name, value, found := strings.Cut(s, "=")
		switch {
		case !found || name == "":
			return nil, fault.New(fault.Usage, "--claim takes name=json")
		case !json.Valid([]byte(value)):
			return nil, fault.New(fault.Usage, "--claim %s: the value is not JSON", name).Hint(`a text needs quotes: --claim '%s="..."'`, name)
		case hasField(fields, name):
			return nil, fault.New(fault.Usage, "--claim %s is given twice", name)
		}
		fields = append(fields, profile.Field{Name: name, Value: json.RawMessage(value)})
	}
	return fields, nil
}

// assertionOutput is stdout: the assertion, or the two parameters of RFC 7521 4.2.
func assertionOutput(format, signed string) ([]byte, error) {
	switch format {
	case "form":
		return []byte("client_assertion_type=" + url.QueryEscape(clientauth.ClientAssertionType) + "&client_assertion=" + signed + "\n"), nil
	case "json":
		return shown.JSON(map[string]string{"client_assertion_type": clientauth.ClientAssertionType, "client_assertion": signed})
	default:
		return []byte(signed + "\n"), nil
	}
}
