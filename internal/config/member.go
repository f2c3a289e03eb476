package config

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// member is one key of a mapping: how its value is read and how it is
// written. The table of members is the format (format.go).
type member struct {
	key       string
	takesNull bool
	fixed     bool     // no --set changes it over a profile: it decides where a secret or a token goes
	members   []member // of an object
	read      func(r *reader, n *yaml.Node, path string)
	write     func() *yaml.Node // nil where there is nothing to write
}

func find(members []member, key string) *member {
	for i := range members {
		if members[i].key == key {
			return &members[i]
		}
	}
	return nil
}

// fixed keeps a member from --set over a profile.
func fixed(m member) member {
	m.fixed = true
	return m
}

func text(key string, to *string) member {
	return member{
		key: key,
		read: func(r *reader, n *yaml.Node, path string) {
			if s, ok := r.text(n, path); ok {
				*to = s
			}
		},
		write: func() *yaml.Node {
			if *to == "" {
				return nil
			}
			return scalar(*to)
		},
	}
}

func flag(key string, to *bool) member {
	return member{
		key: key,
		read: func(r *reader, n *yaml.Node, path string) {
			v, ok := r.follow(n, path)
			if !ok {
				return
			}
			if v.Kind != yaml.ScalarNode || v.ShortTag() != "!!bool" || v.Decode(to) != nil {
				r.problem(n, path, "", "must be true or false")
			}
		},
		write: func() *yaml.Node {
			if *to {
				return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
			}
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "false"}
		},
	}
}

func span(key string, to *time.Duration) member {
	return member{
		key: key,
		read: func(r *reader, n *yaml.Node, path string) {
			s, ok := r.text(n, path)
			if !ok {
				return
			}
			d, err := time.ParseDuration(s)
			if err != nil {
				r.problem(n, path, "", "must be a time with its unit, such as 10s or 5m")
				return
			}
			*to = d
		},
		write: func() *yaml.Node { return scalar(to.String()) },
	}
}

func texts(key string, to *[]string) member {
	return member{
		key: key,
		read: func(r *reader, n *yaml.Node, path string) {
			list := []string{}
			r.sequence(n, path, func(item *yaml.Node, at string) {
				if s, ok := r.text(item, at); ok {
					list = append(list, s)
				}
			})
			*to = list
		},
		write: func() *yaml.Node {
			if len(*to) == 0 {
				return nil
			}
			list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
			for _, s := range *to {
				list.Content = append(list.Content, scalar(s))
			}
			return list
		},
	}
}

// object is a mapping of fixed members; what is not written keeps its value,
// so that a profile lies over its preset.
func object(key string, members []member) member {
	return member{
		key: key, members: members,
		read:  func(r *reader, n *yaml.Node, path string) { r.mapping(n, path, members) },
		write: func() *yaml.Node { return mapping(members) },
	}
}

// objects is a list of mappings; a list replaces the preset's whole list.
func objects[T any](key string, to *[]T, members func(*T) []member, check func(*reader, *yaml.Node, string)) member {
	return member{
		key: key,
		read: func(r *reader, n *yaml.Node, path string) {
			list := []T{}
			r.sequence(n, path, func(item *yaml.Node, at string) {
				var one T
				r.mapping(item, at, members(&one))
				check(r, item, at)
				list = append(list, one)
			})
			*to = list
		},
		write: func() *yaml.Node {
			if len(*to) == 0 {
				return nil
			}
			list := &yaml.Node{Kind: yaml.SequenceNode}
			for i := range *to {
				one := mapping(members(&(*to)[i]))
				if one != nil {
					one.Style = yaml.FlowStyle
					list.Content = append(list.Content, one)
				}
			}
			return list
		},
	}
}

// mapping writes members in their order, nil when all of them are empty.
func mapping(members []member) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range members {
		if v := m.write(); v != nil {
			out.Content = append(out.Content, scalar(m.key), v)
		}
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if isNumber(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
