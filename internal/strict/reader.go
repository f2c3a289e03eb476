// Package strict reads YAML into Go values, and writes it, through tables of members:
// every byte is kept, unknown and duplicate keys are refused, and all problems are
// found at once, each with file, line and column.
package strict

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
)

// Member is one key of a mapping: how its value is read and how it is
// written. A table of members is a format.
type Member struct {
	Key       string
	Members   []Member // of an object
	Read      func(r *Reader, n *yaml.Node, path string)
	Write     func() *yaml.Node // nil where there is nothing to write
	takesNull bool
	Fixed     bool // no --set changes it over a profile: it decides where a secret or a token goes
}

func find(members []Member, key string) *Member {
	for i := range members {
		if members[i].Key == key {
			return &members[i]
		}
	}
	return nil
}

// maxNodes bounds one profile after its aliases are followed, so that a few
// lines of anchors cannot become gigabytes.
const maxNodes = 50_000

// Reader walks the YAML nodes of one mapping and fills Go values through
// members. It never stops at a problem: all of them are wanted at once.
type Reader struct {
	File     string
	Folder   string             // what relative file: references are relative to
	Profile  string             // for hints
	Source   map[string]Problem // where each path is written
	Problems Problems
	Argument bool            // an argument is read, and no file
	fixed    bool            // Fixed members are problems
	suspects map[string]bool // paths with a problem already; their absence is no second one
	nodes    int
	depth    int
}

// New is a reader of one mapping.
func New(file, folder, profileName string) *Reader {
	return &Reader{File: file, Folder: folder, Profile: profileName, Source: map[string]Problem{}, suspects: map[string]bool{}}
}

// At is a problem without text at the node.
func (r *Reader) At(n *yaml.Node, path string) Problem {
	return Problem{File: r.File, Line: n.Line, Column: n.Column, Profile: r.Profile, Path: path}
}

// Problem adds one at the node.
func (r *Reader) Problem(n *yaml.Node, path, hint, format string, args ...any) {
	p := r.At(n, path)
	p.Text, p.Hint = fmt.Sprintf(format, args...), hint
	r.Problems = append(r.Problems, p)
	r.suspects[path] = true
}

// Follow resolves aliases and counts nodes; false when the bound is reached.
func (r *Reader) Follow(n *yaml.Node, path string) (*yaml.Node, bool) {
	for n.Kind == yaml.AliasNode && n.Alias != nil && r.nodes <= maxNodes {
		r.nodes++
		n = n.Alias
	}
	r.nodes++
	if r.nodes == maxNodes+1 {
		r.Problem(n, path, "", "is too large once its aliases are followed")
	}
	return n, r.nodes <= maxNodes
}

// Mapping reads the members of a mapping: unknown and duplicate keys are
// problems, a key without a value counts as not written.
func (r *Reader) Mapping(n *yaml.Node, path string, members []Member) {
	n, ok := r.Follow(n, path)
	if !ok {
		return
	}
	if IsNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.Problem(n, path, "", "must be a mapping (name: value), not %s", KindOf(n))
		return
	}
	r.EachKey(n, path, func(key, value *yaml.Node, at string) {
		m := find(members, key.Value)
		if m == nil {
			r.unknown(key, path, at, members)
			return
		}
		if m.Fixed && r.Keeps(key, at) {
			return
		}
		r.Source[at] = r.At(key, at)
		if !IsNull(value) || m.takesNull {
			m.Read(r, value, at)
		}
	})
}

// Keeps is true, and adds the problem, where --set is read over a profile:
// what n says is the profile's own to say.
func (r *Reader) Keeps(n *yaml.Node, path string) bool {
	if r.fixed {
		r.Problem(n, path, "change it in the profile, or leave --profile out and give all fields by --set", "decides where a secret or a token goes, and is not changed over a profile")
	}
	return r.fixed
}

// EachKey visits a mapping's pairs and refuses duplicate keys, which YAML
// itself forbids and most readers let pass.
func (r *Reader) EachKey(n *yaml.Node, path string, visit func(key, value *yaml.Node, at string)) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, ok := r.Follow(n.Content[i], path)
		if !ok {
			return
		}
		at := Below(path, key.Value)
		switch first := seen[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			r.Problem(key, path, "", "a key must be text")
		case key.ShortTag() == "!!merge":
			r.Problem(key, path, "", "merge keys (<<) are not read; share fields with a preset or an alias of a list")
		case first != nil:
			r.Problem(key, at, "", "is given twice, first in line %d", first.Line)
		default:
			seen[key.Value] = key
			visit(key, n.Content[i+1], at)
		}
	}
}

func (r *Reader) unknown(key *yaml.Node, path, at string, members []Member) {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.Key
	}
	near := profile.Nearest(key.Value, names)
	if near == "" {
		r.Problem(key, at, "", "unknown field")
		return
	}
	r.suspects[Below(path, near)] = true
	r.Problem(key, at, "", "unknown field, did you mean %q?", near)
}

// Sequence visits the items of a list.
func (r *Reader) Sequence(n *yaml.Node, path string, visit func(item *yaml.Node, at string)) {
	n, ok := r.Follow(n, path)
	if !ok {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.Problem(n, path, "", "must be a list, in [ ] or as lines with - , not %s", KindOf(n))
		return
	}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.Source[at] = r.At(item, at)
		visit(item, at)
	}
}

// Text reads a scalar byte for byte as written: an id of digits stays what it is.
func (r *Reader) Text(n *yaml.Node, path string) (string, bool) {
	n, ok := r.Follow(n, path)
	if !ok {
		return "", false
	}
	if n.Kind == yaml.ScalarNode {
		switch n.ShortTag() {
		case "!!str", "!!int", "!!float", "!!timestamp":
			return n.Value, true
		}
	}
	r.Problem(n, path, "", "must be text, not %s", KindOf(n))
	return "", false
}

// IsNull is true for a value that is not there.
func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// KindOf names what stands at a node, for messages; never its value.
func KindOf(n *yaml.Node) string {
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

// Below is the path of a key below a path.
func Below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
