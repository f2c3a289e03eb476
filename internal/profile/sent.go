package profile

import (
	"slices"
	"strings"
)

// SetBy is the field of p by which authctl sets a parameter of its requests by that
// grant itself; "" for a parameter that request.params may set.
func (p *Profile) SetBy(param, grant string) string {
	by := ""
	switch {
	case sends(GrantNamed(grant).Sends, param):
		by = "grant"
	case sends(p.Client.Method().Sends, param):
		by = "client.auth"
	default:
		return ""
	}
	x := &p.Exchange
	for _, f := range []struct {
		param, field string
		unsaid       bool // the field says nothing, and nothing is sent
	}{
		{"client_id", "client.id", p.Client.ID == ""},
		{"client_secret", ClientSecret, false},
		{"client_assertion_type", "client.assertion_type", false},
		{"scope", "scopes", false},
		{"audience", "audience", len(p.Audience) == 0},
		{"resource", "resource", len(p.Resource) == 0},
		{"authorization_details", "authorization_details", p.Details() == nil},
		{"redirect_uri", "login.redirect_uri", false},
		{"subject_token_type", "exchange.subject_token_type", false},
		{"subject_issuer", "exchange.subject_issuer", x.SubjectIssuer == ""},
		{"requested_token_type", "exchange.requested_token_type", x.RequestedTokenType == ""},
		{"actor_token", "exchange.actor_token", x.ActorToken.IsZero()},
		{"actor_token_type", "exchange.actor_token_type", x.ActorToken.IsZero()},
	} {
		switch {
		case f.param != param:
		case f.unsaid:
			return ""
		default:
			return f.field
		}
	}
	return by
}

// sends is true where the blank-separated parameters hold that one.
func sends(params, param string) bool { return slices.Contains(strings.Fields(params), param) }

// logsIn is true of a profile by which a person may log in: its request.params
// are in the pushed authorization request too (RFC 9126 2.1).
func (p *Profile) logsIn() bool {
	return p.GrantType().Login || p.AuthorizeURL != "" || p.Issuer != "" && p.Discovery != "never"
}
