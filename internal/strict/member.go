package strict

import (
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// Fixed keeps a member from --set over a profile.
func Fixed(m Member) Member {
	m.Fixed = true
	return m
}

// Text is a text.
func Text(key string, to *string) Member {
	return Member{
		Key: key,
		Read: func(r *Reader, n *yaml.Node, path string) {
			if s, ok := r.Text(n, path); ok {
				*to = s
			}
		},
		Write: func() *yaml.Node {
			if *to == "" {
				return nil
			}
			return Scalar(*to)
		},
	}
}

// Flag is true or false.
func Flag(key string, to *bool) Member {
	return Member{
		Key: key,
		Read: func(r *Reader, n *yaml.Node, path string) {
			v, ok := r.Follow(n, path)
			if !ok {
				return
			}
			if v.Kind != yaml.ScalarNode || v.ShortTag() != "!!bool" || v.Decode(to) != nil {
				r.Problem(n, path, "", "must be true or false")
			}
		},
		Write: func() *yaml.Node {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(*to)}
		},
	}
}

// Span is a time with its unit.
func Span(key string, to *time.Duration) Member {
	return Member{
		Key: key,
		Read: func(r *Reader, n *yaml.Node, path string) {
			s, ok := r.Text(n, path)
			if !ok {
				return
			}
			d, err := time.ParseDuration(s)
			if err != nil {
				r.Problem(n, path, "", "must be a time with its unit, such as 10s or 5m")
				return
			}
			*to = d
		},
		Write: func() *yaml.Node { return Scalar(to.String()) },
	}
}

// Texts is a list of texts.
func Texts(key string, to *[]string) Member {
	return Member{
		Key: key,
		Read: func(r *Reader, n *yaml.Node, path string) {
			list := []string{}
			r.Sequence(n, path, func(item *yaml.Node, at string) {
				if s, ok := r.Text(item, at); ok {
					list = append(list, s)
				}
			})
			*to = list
		},
		Write: func() *yaml.Node {
			if len(*to) == 0 {
				return nil
			}
			list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
			for _, s := range *to {
				list.Content = append(list.Content, Scalar(s))
			}
			return list
		},
	}
}

// Object is a mapping of fixed members; what is not written keeps its value,
// so that a profile lies over its preset.
func Object(key string, members []Member) Member {
	return Member{
		Key: key, Members: members,
		Read:  func(r *Reader, n *yaml.Node, path string) { r.Mapping(n, path, members) },
		Write: func() *yaml.Node { return Write(members) },
	}
}

// OptionalObject is a mapping that means something by being there; fresh is
// one that says nothing.
func OptionalObject[T any](key string, to **T, fresh func() T, members func(*T) []Member) Member {
	at := fresh()
	if *to != nil {
		at = **to // a copy: another profile may share it
	}
	m := Object(key, members(&at))
	read, write := m.Read, m.Write
	m.Read = func(r *Reader, n *yaml.Node, path string) {
		*to = &at
		read(r, n, path)
	}
	m.Write = func() *yaml.Node {
		if *to == nil {
			return nil
		}
		return write()
	}
	return m
}

// Objects is a list of mappings; a list replaces the preset's whole list.
func Objects[T any](key string, to *[]T, members func(*T) []Member, check func(*Reader, *yaml.Node, string)) Member {
	return Member{
		Key: key,
		Read: func(r *Reader, n *yaml.Node, path string) {
			list := []T{}
			r.Sequence(n, path, func(item *yaml.Node, at string) {
				var one T
				r.Mapping(item, at, members(&one))
				check(r, item, at)
				list = append(list, one)
			})
			*to = list
		},
		Write: func() *yaml.Node {
			if len(*to) == 0 {
				return nil
			}
			list := &yaml.Node{Kind: yaml.SequenceNode}
			for i := range *to {
				if one := WriteFlow(members(&(*to)[i])); one != nil {
					list.Content = append(list.Content, one)
				}
			}
			return list
		},
	}
}

// Write writes members in their order, nil when all of them are empty.
func Write(members []Member) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range members {
		if v := m.Write(); v != nil {
			out.Content = append(out.Content, Scalar(m.Key), v)
		}
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// WriteFlow is Write on one line.
func WriteFlow(members []Member) *yaml.Node {
	out := Write(members)
	if out != nil {
		out.Style = yaml.FlowStyle
	}
	return out
}
