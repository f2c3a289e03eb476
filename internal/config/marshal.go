package config

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// MarshalWithOrigins writes a profile's body as YAML, every field that has a
// value, in the order of docs/profiles.md, with a comment where one comes from
// the preset or is a default and not from the user's file. Reading it gives the
// same profile. References are written, never what they lead to.
func MarshalWithOrigins(p *profile.Profile) ([]byte, error) {
	body := strict.Write(profileMembers(p))
	origins(body, "", p.Source)
	return strict.Encode(body)
}

// Values is what MarshalWithOrigins writes as a value for JSON, numbers digit for digit.
func Values(p *profile.Profile) any { return strict.JSON(strict.Write(profileMembers(p))) }

func origins(n *yaml.Node, path string, source map[string]string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := strict.Below(path, key.Value)
		if value.Kind == yaml.MappingNode {
			origins(value, at, source)
			continue
		}
		where, written := source[at]
		switch {
		case !written:
			comment(key, value, "default")
		case strings.HasPrefix(where, "preset "):
			comment(key, value, "from the preset")
		}
	}
}

// comment stands behind a value on its line, or above a list of several lines.
func comment(key, value *yaml.Node, text string) {
	if value.Kind == yaml.SequenceNode && value.Style != yaml.FlowStyle {
		key.HeadComment = text
		return
	}
	value.LineComment = text
}
