package helseid

import (
	"fmt"

	"authctl/internal/sandbox/core"
)

// Profiles are a machine's client and a personal login, each with its Selvbetjening file.
func (p *FAPI) Profiles() ([]core.Profile, error) {
	machine, err := p.profile("helseid-dpop", p.machine, "scopes: [\"nhn:cppa/access-with-dpop\"]\n")
	if err != nil {
		return nil, err
	}
	person, err := p.profile("helseid-login", p.person, `grant: authorization_code
scopes: [openid, profile, offline_access, cppa/access]
login:
  redirect_uri: http://127.0.0.1:0/callback
  pushed: require
`)
	return []core.Profile{machine, person}, err
}

func (p *FAPI) profile(name string, c client, rest string) (core.Profile, error) {
	file, err := p.selvbetjening(name+".json", c.id, c.key, c.kid, "ES256", c.grants, c.scopes)
	if err != nil {
		return core.Profile{}, err
	}
	return core.Profile{Name: name, YAML: fmt.Sprintf(`preset: helseid
issuer: %[1]s
client:
  id: %[2]s
  key: %[3]q
%[4]sapi:
  base_url: %[1]s
  hosts: ["%[5]s"]
`, p.url(), c.id, "file:"+file+"#/privateJwk", rest, p.core.Host())}, nil
}
