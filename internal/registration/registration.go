// Package registration reads the client configurations that registration
// portals hand out, and makes profiles of them. What is a portal's own way is
// data, in portals.yaml.
package registration

import (
	"bytes"
	"cmp"
	_ "embed" // portals.yaml
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/keys"
)

// MaxSize is the most bytes of a configuration that are read.
const MaxSize = 512 << 10

//go:embed portals.yaml
var portalsYAML []byte

// portal is one entry of portals.yaml.
type portal struct {
	Members    []string          `yaml:"members"`
	Preset     string            `yaml:"preset"`
	TokenPath  string            `yaml:"token_path"`
	SignsGrant bool              `yaml:"signs_grant"`
	Names      map[string]string `yaml:"names"`
}

// Client is a registered client as its portal describes it.
type Client struct {
	Name         string // for people
	ID           string
	Issuer       string // "" when the file names none
	TokenURL     string // "" unless the file names the token endpoint itself
	TokenPath    string // where the portal's servers have it, below the issuer
	Grants       []string
	Scopes       []string
	RedirectURIs []string
	Preset       string    // the preset for this portal's clients
	Key          *keys.Key // the private key, parsed
	KeyText      []byte    // and as text, to be kept
	KeyMember    string    // where the file has it
	SignsGrant   bool      // the key signs the grant, and ID is its issuer
}

// ErrUnknown is for a file of no known portal.
var ErrUnknown = errors.New("it is neither a client configuration with clientId and privateJwk nor a key file with client_email and private_key")

// Parse reads a client configuration, UTF-8 with or without a byte-order mark
// or UTF-16. Errors hold no key material.
func Parse(data []byte) (*Client, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%d bytes are too many for a client configuration", len(data))
	}
	text, err := keys.Text(data)
	if err != nil {
		return nil, ErrUnknown
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(bytes.TrimSpace(text), &members) != nil {
		return nil, errors.New("it is not a JSON object")
	}
	from, err := portalOf(members)
	if err != nil {
		return nil, err
	}
	return from.client(members)
}

func portalOf(members map[string]json.RawMessage) (*portal, error) {
	var all []portal
	if err := yaml.Unmarshal(portalsYAML, &all); err != nil {
		return nil, fmt.Errorf("portals.yaml: %w", err)
	}
	for _, p := range all {
		complete := true
		for _, name := range p.Members {
			complete = complete && members[name] != nil
		}
		if complete {
			return &p, nil
		}
	}
	return nil, ErrUnknown
}

func (p *portal) client(members map[string]json.RawMessage) (*Client, error) {
	c := &Client{Preset: p.Preset, TokenPath: p.TokenPath, SignsGrant: p.SignsGrant, KeyMember: p.own("privateJwk")}
	var authority, kid string
	for _, m := range []struct {
		word string
		to   any
	}{
		{"clientName", &c.Name},
		{"clientId", &c.ID},
		{"authority", &authority},
		{"tokenUrl", &c.TokenURL},
		{"kid", &kid},
		{"grantTypes", &c.Grants},
		{"scopes", &c.Scopes},
		{"redirectUris", &c.RedirectURIs},
	} {
		if raw := members[p.own(m.word)]; raw != nil && json.Unmarshal(raw, m.to) != nil {
			return nil, fmt.Errorf("%s is not what it should be in a client configuration", p.own(m.word))
		}
	}
	if c.ID == "" {
		return nil, fmt.Errorf("%s is empty", p.own("clientId"))
	}
	c.setAuthority(authority)
	if err := c.setKey(members[c.KeyMember]); err != nil {
		return nil, fmt.Errorf("%s: %w", c.KeyMember, err)
	}
	if kid != "" {
		c.Key.KID = kid // beside a PEM key, which has none
	}
	return c, nil
}

// own is the portal's name of the member that is called word here.
func (p *portal) own(word string) string { return cmp.Or(p.Names[word], word) }

// setAuthority takes the issuer, or the token endpoint and the issuer above it.
func (c *Client) setAuthority(authority string) {
	authority = strings.TrimSpace(authority)
	if issuer, ok := strings.CutSuffix(strings.TrimSuffix(authority, "/"), c.TokenPath); ok && c.TokenPath != "" {
		c.Issuer, c.TokenURL = issuer, authority
		return
	}
	c.Issuer = strings.TrimSuffix(authority, "/")
}

// setKey reads the key: PEM in a JSON string, or a JWK, as an object or in a
// string, plain or percent-encoded.
func (c *Client) setKey(raw json.RawMessage) error {
	text, err := keys.Unwrap(raw)
	if err != nil {
		return err
	}
	key, err := keys.Load(text, keys.Options{})
	if err != nil {
		return err
	}
	if key.Signer == nil {
		return errors.New("it is no private key")
	}
	c.Key, c.KeyText = key, text
	return nil
}
