package strict

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Any is any JSON value. Numbers stay json.Number, digit for digit.
func Any(key string, to *any) Member {
	return Member{
		Key: key, takesNull: true,
		Read: func(r *Reader, n *yaml.Node, path string) {
			*to = r.json(n, path)
		},
		Write: func() *yaml.Node {
			if *to == nil {
				return nil
			}
			return fromJSON(*to)
		},
	}
}

// AnyText is text as it is written, in a field that could hold any value.
func AnyText(key string, to *any) Member {
	any := Any(key, to)
	return Member{
		Key: key, Write: any.Write,
		Read: func(r *Reader, n *yaml.Node, path string) {
			if s, ok := r.Text(n, path); ok {
				*to = s
			}
		},
	}
}

// JSON is a node that Write made as a value for JSON, as Any reads it.
func JSON(n *yaml.Node) any {
	var r Reader
	return r.json(n, "")
}

// maxDepth bounds the nesting of a JSON value.
const maxDepth = 64

// json reads the JSON value a node stands for; names and text byte for byte.
func (r *Reader) json(n *yaml.Node, path string) any {
	n, ok := r.Follow(n, path)
	if !ok {
		return nil
	}
	if r.depth++; r.depth > maxDepth {
		r.Problem(n, "", "", "is nested more than %d levels deep", maxDepth)
		r.nodes = maxNodes + 1 // one report is enough
	}
	defer func() { r.depth-- }()
	switch n.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(n.Content)/2)
		r.EachKey(n, path, func(key, value *yaml.Node, at string) { object[key.Value] = r.json(value, at) })
		return object
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			list = append(list, r.json(item, fmt.Sprintf("%s[%d]", path, i)))
		}
		return list
	case yaml.ScalarNode:
		return r.jsonScalar(n, path)
	default:
		r.Problem(n, path, "", "must be a JSON value")
		return nil
	}
}

func (r *Reader) jsonScalar(n *yaml.Node, path string) any {
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		if n.Style == 0 && isNumber(n.Value) { // 1e400 is text to YAML and a number to JSON
			return json.Number(n.Value)
		}
		return n.Value
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case "!!int", "!!float":
		if number, ok := jsonNumber(n); ok {
			return number
		}
	}
	r.Problem(n, path, "", "is not a JSON value; quote it to mean text")
	return nil
}

// jsonNumber keeps a number that is written as JSON writes it, and converts
// the forms only YAML has: 0x1F, 0o17, 1_000, +1. Infinities have no JSON form.
func jsonNumber(n *yaml.Node) (json.Number, bool) {
	if isNumber(n.Value) {
		return json.Number(n.Value), true
	}
	var i int64
	if n.ShortTag() == "!!int" && n.Decode(&i) == nil {
		return json.Number(strconv.FormatInt(i, 10)), true
	}
	var f float64
	if n.Decode(&f) != nil {
		return "", false
	}
	text, err := json.Marshal(f)
	return json.Number(text), err == nil
}

// fromJSON writes a JSON value as YAML in flow style, the names of a mapping sorted.
func fromJSON(v any) *yaml.Node {
	switch v := v.(type) {
	case string:
		return Scalar(v)
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	case []any:
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, item := range v {
			list.Content = append(list.Content, fromJSON(item))
		}
		return list
	case map[string]any:
		object := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			object.Content = append(object.Content, Scalar(name), fromJSON(v[name]))
		}
		return object
	}
	n := &yaml.Node{}
	if err := n.Encode(v); err != nil {
		return Scalar("")
	}
	return n
}
