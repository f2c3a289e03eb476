package render

import (
	"authctl/internal/fault"
	"authctl/internal/secret"
)

// variable is one environment variable; of names what it came from.
type variable struct{ name, value, of string }

// variables is what env, dotenv and github set. An unknown expiry is an empty
// variable and not a missing one: one left over from an earlier token would be believed.
func variables(r Result, o Options) ([]variable, error) {
	prefix := o.EnvPrefix
	if prefix == "" {
		prefix = defaultPrefix
	}
	all := []variable{
		{prefix + "ACCESS_TOKEN", r.Set.AccessToken.Reveal(), "the access token"},
		{prefix + "TOKEN_TYPE", r.Set.TokenType, "token_type"},
		{prefix + "EXPIRES_AT", utc(r.Set.ExpiresAt), "expires_in"},
		{prefix + "AUTHORIZATION", authorization(r), "Authorization"},
	}
	taken := map[string]string{}
	for _, h := range r.Headers {
		name := prefix + "HEADER_" + secret.EnvWord(h.Name)
		if other, ok := taken[name]; ok {
			return nil, fault.New(fault.Config, "api.headers: %s and %s would both be the variable %s", other, h.Name, name).
				Hint("-o headers prints them one a line")
		}
		taken[name] = h.Name
		all = append(all, variable{name, h.Value.Reveal(), h.Name})
	}
	return all, nil
}
