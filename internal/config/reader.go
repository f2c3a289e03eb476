package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
)

// maxNodes bounds one profile after its aliases are followed, so that a few
// lines of anchors cannot become gigabytes.
const maxNodes = 50_000

// reader walks the YAML nodes of one mapping and fills Go values through
// members. It never stops at a problem: all of them are wanted at once.
type reader struct {
	file     string
	folder   string // what relative file: references are relative to
	profile  string // for hints
	over     bool   // what is read lies over a profile for one call
	source   map[string]Problem
	suspects map[string]bool // paths with a problem already; their absence is no second one
	problems Problems
	nodes    int
	depth    int
}

func newReader(file, folder, profileName string) *reader {
	return &reader{file: file, folder: folder, profile: profileName, source: map[string]Problem{}, suspects: map[string]bool{}}
}

// at is a problem without text at the node.
func (r *reader) at(n *yaml.Node, path string) Problem {
	return Problem{File: r.file, Line: n.Line, Column: n.Column, Profile: r.profile, Path: path}
}

func (r *reader) problem(n *yaml.Node, path, hint, format string, args ...any) {
	p := r.at(n, path)
	p.Text, p.Hint = fmt.Sprintf(format, args...), hint
	r.problems = append(r.problems, p)
	r.suspects[path] = true
}

// follow resolves aliases and counts nodes; false when the bound is reached.
func (r *reader) follow(n *yaml.Node, path string) (*yaml.Node, bool) {
	for n.Kind == yaml.AliasNode && n.Alias != nil && r.nodes <= maxNodes {
		r.nodes++
		n = n.Alias
	}
	r.nodes++
	if r.nodes == maxNodes+1 {
		r.problem(n, path, "", "is too large once its aliases are followed")
	}
	return n, r.nodes <= maxNodes
}

// mapping reads the members of a mapping: unknown and duplicate keys are
// problems, a key without a value counts as not written.
func (r *reader) mapping(n *yaml.Node, path string, members []member) {
	n, ok := r.follow(n, path)
	if !ok {
		return
	}
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.problem(n, path, "", "must be a mapping (name: value), not %s", kindOf(n))
		return
	}
	r.eachKey(n, path, func(key, value *yaml.Node, at string) {
		m := find(members, key.Value)
		if m == nil {
			r.unknown(key, path, at, members)
			return
		}
		if r.over && m.fixed {
			r.problem(key, at, "change it in the profile, or leave --profile out and give all fields by --set", "decides where a secret or a token goes, and is not changed over a profile")
			return
		}
		r.source[at] = r.at(key, at)
		if !isNull(value) || m.takesNull {
			m.read(r, value, at)
		}
	})
}

// eachKey visits a mapping's pairs and refuses duplicate keys, which YAML
// itself forbids and most readers let pass.
func (r *reader) eachKey(n *yaml.Node, path string, visit func(key, value *yaml.Node, at string)) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, ok := r.follow(n.Content[i], path)
		if !ok {
			return
		}
		at := below(path, key.Value)
		switch first := seen[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			r.problem(key, path, "", "a key must be text")
		case key.ShortTag() == "!!merge":
			r.problem(key, path, "", "merge keys (<<) are not read; share fields with a preset or an alias of a list")
		case first != nil:
			r.problem(key, at, "", "is given twice, first in line %d", first.Line)
		default:
			seen[key.Value] = key
			visit(key, n.Content[i+1], at)
		}
	}
}

func (r *reader) unknown(key *yaml.Node, path, at string, members []member) {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.key
	}
	near := profile.Nearest(key.Value, names)
	if near == "" {
		r.problem(key, at, "", "unknown field")
		return
	}
	r.suspects[below(path, near)] = true
	r.problem(key, at, "", "unknown field, did you mean %q?", near)
}

// sequence visits the items of a list.
func (r *reader) sequence(n *yaml.Node, path string, visit func(item *yaml.Node, at string)) {
	n, ok := r.follow(n, path)
	if !ok {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.problem(n, path, "", "must be a list, in [ ] or as lines with - , not %s", kindOf(n))
		return
	}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.source[at] = r.at(item, at)
		visit(item, at)
	}
}

// text reads a scalar byte for byte as written: an id of digits stays what it is.
func (r *reader) text(n *yaml.Node, path string) (string, bool) {
	n, ok := r.follow(n, path)
	if !ok {
		return "", false
	}
	if n.Kind == yaml.ScalarNode {
		switch n.ShortTag() {
		case "!!str", "!!int", "!!float", "!!timestamp":
			return n.Value, true
		}
	}
	r.problem(n, path, "", "must be text, not %s", kindOf(n))
	return "", false
}

func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// kindOf names what stands at a node, for messages; never its value.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!str":
			return "text"
		case "!!int", "!!float":
			return "a number"
		case "!!bool":
			return "true or false (quote it to mean text)"
		case "!!null":
			return "nothing"
		}
		return "a tagged value"
	default:
		return "an alias"
	}
}
