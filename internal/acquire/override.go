package acquire

import (
	"cmp"
	"slices"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/profile"
)

// Overrides are the flags that change what is asked for one call.
type Overrides struct {
	Scopes   []string // each may hold several, blank-separated
	Audience []string
	Resource []string
	Params   []string // name=value
	Claims   []string // name=json, of the assertion that the client signs
	Subject  string   // of the grant's assertion
	Grant    string   // that the command asks by, whatever the profile's is; "" for the profile's
}

// Any is true when the call asks for anything of its own.
func (o Overrides) Any() bool {
	return o.targets() || len(o.Params)+len(o.Claims) > 0 || o.Subject != ""
}

// targets is true when the call says what the token is to be good for.
func (o Overrides) targets() bool { return len(o.Scopes)+len(o.Audience)+len(o.Resource) > 0 }

// text is for `status`: what was asked for, in the words of RFC 6749 3.3, RFC
// 8693 2.1 and RFC 8707 2, and the subject. Of a parameter and a claim only the name: its value may be anybody's.
func (o Overrides) text() string {
	names := func(pairs []string) []string {
		var names []string
		for _, raw := range pairs {
			name, _, _ := strings.Cut(raw, "=")
			names = append(names, name)
		}
		return names
	}
	var parts, subject []string
	if o.Subject != "" {
		subject = []string{o.Subject}
	}
	for _, f := range []struct {
		name   string
		values []string
	}{{"scope", strings.Fields(strings.Join(o.Scopes, " "))}, {"audience", o.Audience}, {"resource", o.Resource}, {"param", names(o.Params)}, {"claim", names(o.Claims)}, {"subject", subject}} {
		if len(f.values) > 0 {
			parts = append(parts, f.name+" "+strings.Join(f.values, " "))
		}
	}
	return strings.Join(parts, ", ")
}

// Apply gives a profile with the overrides in place; p stays as it is.
func (o Overrides) Apply(p *profile.Profile) (*profile.Profile, error) {
	for _, f := range []struct {
		flag   string
		values []string
	}{{"--audience", o.Audience}, {"--resource", o.Resource}} {
		if slices.Contains(f.values, "") {
			return nil, fault.New(fault.Usage, "%s is empty", f.flag)
		}
	}
	for _, r := range o.Resource {
		if wrong := profile.CheckResource(r); wrong != "" {
			return nil, fault.New(fault.Usage, "--resource %s", wrong).Hint("RFC 8707 2: an absolute URI without a fragment, such as https://api.example/")
		}
	}
	changed := *p
	if len(o.Scopes) > 0 {
		changed.Scopes = strings.Fields(strings.Join(o.Scopes, " "))
	}
	if len(o.Audience) > 0 {
		changed.Audience = o.Audience
	}
	if len(o.Resource) > 0 {
		changed.Resource = o.Resource
	}
	if err := o.CheckParams(p); err != nil {
		return nil, err
	}
	params := append([]profile.Field(nil), p.Request.Params...)
	for _, raw := range o.Params {
		name, value, _ := strings.Cut(raw, "=")
		params = append(params, profile.Field{Name: name, Value: value})
	}
	changed.Request.Params = params
	return &changed, o.sign(&changed)
}

// CheckParams refuses the --param that would replace, unseen, what authctl sends for p
// by itself, by p's own grant or by that of the command.
func (o Overrides) CheckParams(p *profile.Profile) error {
	for _, raw := range o.Params {
		name, _, found := strings.Cut(raw, "=")
		if !found || name == "" {
			return fault.New(fault.Usage, "--param needs name=value")
		}
		target := slices.Contains([]string{"scope", "audience", "resource"}, name) // a refresh sends none by itself
		if by := cmp.Or(p.SetBy(name, p.Grant), p.SetBy(name, o.Grant)); by != "" && !target && !profile.SecretParam(name) {
			return fault.New(fault.Usage, "--param %s: authctl sets it by %s of profile %s", name, by, p.Name)
		}
		if profile.SecretParam(name) {
			return fault.New(fault.Usage, "--param %s would put a secret on the command line, where every process can read it", name).
				Hint("request.params of profile %s takes {name: %s, secret: keyring:NAME}", p.Name, name)
		}
	}
	return nil
}
