// Package registration reads the client configurations that registration
// portals hand out, and makes profiles of them. What is a portal's own way is
// data, in portals.yaml.
package registration

import (
	"bytes"
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
	Members   []string `yaml:"members"`
	Preset    string   `yaml:"preset"`
	TokenPath string   `yaml:"token_path"`
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
	JWK          []byte    // and as JSON text, to be kept
}

// ErrUnknown is for a file of no known portal.
var ErrUnknown = errors.New("it is not a client configuration with clientId and privateJwk")

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
	return from.client(text, members["privateJwk"])
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

func (p *portal) client(text []byte, key json.RawMessage) (*Client, error) {
	var file struct {
		ClientName   string   `json:"clientName"`
		Authority    string   `json:"authority"`
		ClientID     string   `json:"clientId"`
		GrantTypes   []string `json:"grantTypes"`
		Scopes       []string `json:"scopes"`
		RedirectURIs []string `json:"redirectUris"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("%s is not what it should be in a client configuration", wrong.Field)
		}
		return nil, errors.New("it is not a JSON object")
	}
	if file.ClientID == "" {
		return nil, errors.New("clientId is empty")
	}
	c := &Client{
		Name: file.ClientName, ID: file.ClientID, Preset: p.Preset, TokenPath: p.TokenPath,
		Grants: file.GrantTypes, Scopes: file.Scopes, RedirectURIs: file.RedirectURIs,
	}
	c.setAuthority(file.Authority)
	return c, c.setKey(key)
}

// setAuthority takes the issuer, or the token endpoint and the issuer above it.
func (c *Client) setAuthority(authority string) {
	authority = strings.TrimSpace(authority)
	if issuer, ok := strings.CutSuffix(strings.TrimSuffix(authority, "/"), c.TokenPath); ok && c.TokenPath != "" {
		c.Issuer, c.TokenURL = issuer, authority
		return
	}
	c.Issuer = strings.TrimSuffix(authority, "/")
}

// setKey reads privateJwk: an object, or a JSON string that holds one, plain
// or percent-encoded.
func (c *Client) setKey(raw json.RawMessage) error {
	jwk, err := keys.Unwrap(raw)
	if err != nil {
		return fmt.Errorf("privateJwk: %w", err)
	}
	key, err := keys.Load(jwk, keys.Options{})
	if err != nil {
		return fmt.Errorf("privateJwk: %w", err)
	}
	if key.Signer == nil {
		return errors.New("privateJwk holds no private key")
	}
	c.Key, c.JWK = key, jwk
	return nil
}
