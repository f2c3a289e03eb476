package strict

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/shown"
)

// Encode is YAML in which nothing can drive a terminal.
func Encode(body *yaml.Node) ([]byte, error) {
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

// Child is the value of a key, through an alias, nil when there is none.
func Child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// Scalar is a text as YAML, quoted where YAML or JSON would take it for something else.
func Scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if isNumber(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// isNumber is true for text that JSON reads as a number.
func isNumber(s string) bool {
	return s != "" && (s[0] == '-' || '0' <= s[0] && s[0] <= '9') && json.Valid([]byte(s))
}
