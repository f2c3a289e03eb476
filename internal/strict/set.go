package strict

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/fault"
)

// Change is one FIELD=VALUE of an argument.
type Change struct {
	Field string
	body  *yaml.Node // the mapping around the value
}

// Changes reads what --set said; VALUE is YAML, as in a file. No message
// quotes a value: it may be the secret that must not stand there.
func Changes(sets []string) ([]Change, error) {
	var list []Change
	for _, set := range sets {
		field, value, ok := strings.Cut(set, "=")
		if !ok || field == "" || strings.Contains("."+field+".", "..") {
			return nil, fault.New(fault.Usage, "--set takes FIELD=VALUE").Hint("such as --set client.id=ci; the fields are those of docs/profiles.md")
		}
		node, err := parse([]byte(value))
		if err != nil {
			return nil, fault.New(fault.Usage, "--set %s: the value is no YAML", field).Hint("put quotes around it that the shell leaves: --set '%s=\"...\"'", field)
		}
		if node == nil {
			node = Scalar("") // FIELD= takes a preset's text away
		}
		keys := strings.Split(field, ".")
		for i := len(keys) - 1; i >= 0; i-- {
			node = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{Scalar(keys[i]), node}}
		}
		list = append(list, Change{field, node})
	}
	return list, nil
}

// Lay reads the changes over what members have, one after the other: the last
// one wins. With fixed, those of Fixed members are problems.
func (r *Reader) Lay(list []Change, fixed bool, members []Member) {
	for _, c := range list {
		inner := New("--set "+c.Field, "", r.Profile)
		inner.Argument, inner.fixed = true, fixed
		inner.Mapping(c.body, "", members)
		for _, found := range inner.Problems {
			found.Line, found.Column = 0, 0
			if found.Path == c.Field {
				found.Path = ""
			}
			r.Problems = append(r.Problems, found)
		}
		for path, at := range inner.Source {
			if path != "" {
				at.Line, at.Column = 0, 0
				r.Source[path] = at
			}
		}
		for path := range inner.suspects {
			r.suspects[path] = true
		}
	}
}
