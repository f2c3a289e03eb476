package registration

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// preset is what a preset says about the things that a registration knows.
type preset struct {
	Issuer         string  `yaml:"issuer"`
	TokenURL       string  `yaml:"token_url"`
	Grant          string  `yaml:"grant"`
	Assertion      signing `yaml:"assertion"`
	GrantAssertion signing `yaml:"grant_assertion"`
	API            struct {
		Hosts []string `yaml:"hosts"`
	} `yaml:"api"`
}

// signing is what an assertion is made with; that of a client has issuer and key in client.
type signing struct {
	Issuer string `yaml:"issuer,omitempty"`
	Key    string `yaml:"key,omitempty"`
	KID    string `yaml:"kid,omitempty"`
	Alg    string `yaml:"alg,omitempty"`
}

func (c *Client) preset() (base preset, err error) {
	data, ok := profile.Preset(c.Preset)
	if !ok {
		return base, fmt.Errorf("there is no preset %q; there are %s", c.Preset, strings.Join(profile.PresetNames(), ", "))
	}
	return base, yaml.Unmarshal(data, &base)
}

// body is what the profile of a registered client says itself, in the words of docs/profiles.md.
type body struct {
	Preset   string `yaml:"preset"`
	Issuer   string `yaml:"issuer,omitempty"`
	TokenURL string `yaml:"token_url,omitempty"`
	Client   struct {
		ID  string `yaml:"id"`
		Key string `yaml:"key"`
	} `yaml:"client,omitempty"`
	Assertion      signing  `yaml:"assertion,omitempty"`
	GrantAssertion signing  `yaml:"grant_assertion,omitempty"`
	Grant          string   `yaml:"grant,omitempty"`
	Scopes         []string `yaml:"scopes,omitempty"`
	Login          struct {
		RedirectURI string `yaml:"redirect_uri,omitempty"`
	} `yaml:"login,omitempty"`
}

// Profile is the YAML of a profile for this client: what has to be written
// down on top of the preset. key says where the private key is kept.
func (c *Client) Profile(key secret.Ref) ([]byte, error) {
	base, err := c.preset()
	if err != nil {
		return nil, err
	}
	p := body{Preset: c.Preset, TokenURL: c.TokenURL, Grant: c.grant(), Scopes: c.scopes()}
	if c.Issuer != base.Issuer {
		p.Issuer = c.Issuer
	}
	if p.TokenURL == "" && base.TokenURL != "" && c.Issuer != "" {
		// The preset's own endpoint belongs to the preset's own server.
		p.TokenURL = c.Issuer + c.TokenPath
	}
	if p.TokenURL == base.TokenURL {
		p.TokenURL = ""
	}
	if p.Grant == base.Grant {
		p.Grant = ""
	}
	if c.SignsGrant {
		p.GrantAssertion = signing{Issuer: c.ID, Key: key.String(), KID: c.Key.KID, Alg: c.alg(base.GrantAssertion.Alg)}
	} else {
		p.Client.ID, p.Client.Key = c.ID, key.String()
		p.Assertion.Alg = c.alg(base.Assertion.Alg)
	}
	p.Login.RedirectURI = c.redirect()
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(p); err != nil {
		return nil, fmt.Errorf("writing the profile: %w", err)
	}
	return out.Bytes(), enc.Close()
}

// Notes are what the file leaves open, each a line for a person.
func (c *Client) Notes() []string {
	base, err := c.preset()
	if err != nil {
		return nil
	}
	var notes []string
	block, alg := "assertion", base.Assertion.Alg
	if c.SignsGrant {
		block, alg = "grant_assertion", base.GrantAssertion.Alg
		notes = append(notes, "the file names no scopes; set scopes to what the API asks for")
	}
	if len(c.Key.Algs()) > 1 && c.Key.Alg == "" && alg == "" {
		notes = append(notes, fmt.Sprintf("the key names no alg, so %s is used; set %s.alg if another was registered", keys.DefaultAlg(c.Key), block))
	}
	if c.Key.KID == "" {
		notes = append(notes, "the key has no kid; set "+block+".kid if the server asks for one")
	}
	if c.Issuer != "" && base.Issuer != "" && c.Issuer != base.Issuer && len(base.API.Hosts) > 0 {
		notes = append(notes, "the server is not the preset's; set api.hosts to the API that goes with it")
	}
	if weak := c.Key.CheckStrength(); weak != nil {
		notes = append(notes, weak.Error())
	}
	return notes
}

// alg is what the profile must say so that the key is used as it was
// registered; "" when the preset and the key agree already.
func (c *Client) alg(preset string) string {
	want := c.Key.Alg
	switch {
	case want == preset:
		return ""
	case want != "" && preset == "":
		return "" // the JWK's own alg is taken anyway
	case want != "":
		return want
	case preset != "" && !slices.Contains(c.Key.Algs(), preset):
		return keys.DefaultAlg(c.Key)
	}
	return ""
}

// grant is the profile's way to a token: the client's own where it has one.
func (c *Client) grant() string {
	for _, g := range profile.GrantTypes() {
		if slices.Contains(c.Grants, g.Wire) {
			return g.Name
		}
	}
	return ""
}

// scopes are the registered ones. Those of OpenID Connect Core 5.4 and 11 are
// about a person, and a client that speaks for itself must not ask for them.
func (c *Client) scopes() []string {
	var scopes []string
	for _, s := range c.Scopes {
		personal := slices.Contains([]string{"openid", "profile", "email", "address", "phone", "offline_access"}, s)
		if !personal || !profile.GrantNamed(c.grant()).ForItself() {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// redirect is the registered redirect URI that a login here can use best: on
// loopback, where any port is allowed (RFC 8252 7.3), else the first.
func (c *Client) redirect() string {
	for _, raw := range c.RedirectURIs {
		u, err := url.Parse(raw)
		if err == nil && u.Scheme == "http" && profile.Loopback(u.Hostname()) {
			u.Host = net.JoinHostPort(u.Hostname(), "0")
			return u.String()
		}
	}
	if len(c.RedirectURIs) > 0 {
		return c.RedirectURIs[0]
	}
	return ""
}

// ProfileName is a name for the profile made of the client's, up to an @: lower
// case letters, digits and dashes; "" when nothing is left.
func (c *Client) ProfileName() string {
	var b strings.Builder
	own, _, _ := strings.Cut(c.Name, "@")
	for _, r := range strings.ToLower(own) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			_, _ = b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			_ = b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), "-")
	if len(name) > 60 {
		name = strings.ToValidUTF8(name[:60], "")
	}
	return name
}
