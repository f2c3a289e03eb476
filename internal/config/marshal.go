package config

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/shown"
)

// MarshalWithOrigins writes a profile's body as YAML, every field that has a
// value, in the order of docs/profiles.md, with a comment where one comes from
// the preset or is a default and not from the user's file. Reading it gives the
// same profile. References are written, never what they lead to.
func MarshalWithOrigins(p *profile.Profile) ([]byte, error) {
	body := mapping(profileMembers(p))
	origins(body, "", p.Source)
	return encode(body)
}

func encode(body *yaml.Node) ([]byte, error) {
	quoteHidden(body)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(body); err != nil {
		return nil, err
	}
	return shown.EscapeYAML(out.Bytes()), enc.Close()
}

// quoteHidden has every scalar that could drive a terminal in double quotes,
// where alone YAML has escapes.
func quoteHidden(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && strings.ContainsFunc(n.Value, shown.Drives) {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, part := range n.Content {
		quoteHidden(part)
	}
}

func origins(n *yaml.Node, path string, source map[string]string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := below(path, key.Value)
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
