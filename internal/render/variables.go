package render

import (
	"authctl/internal/fault"
	"authctl/internal/secret"
)

// variable is one environment variable; of names the profile's header it came from.
type variable struct{ name, value, of string }

// variables is what env, dotenv and github set. An unknown expiry is an empty
// variable and not a missing one: one left over from an earlier token would be believed.
func variables(r Result, o Options) ([]variable, error) {
	prefix := o.EnvPrefix
	if prefix == "" {
		prefix = defaultPrefix
	}
	all := []variable{
		{name: prefix + "ACCESS_TOKEN", value: r.Set.AccessToken.Reveal()},
		{name: prefix + "TOKEN_TYPE", value: r.Set.TokenType},
		{name: prefix + "EXPIRES_AT", value: utc(r.Set.ExpiresAt)},
		{name: prefix + "AUTHORIZATION", value: authorization(r)},
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
