package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
)

// decoder turns bodies into profiles; presets are parsed once.
type decoder struct {
	presets map[string]*yaml.Node
	over    []change // of this call, over the body
}

func newDecoder() *decoder { return &decoder{presets: map[string]*yaml.Node{}} }

// decode lays the body over its preset over the defaults: members that are
// not written keep what is below, lists replace. The profile is only to be
// used when there are no problems.
func (d *decoder) decode(e entry, file string) (*profile.Profile, Problems) {
	p := profile.Default()
	p.Name = e.name
	r := newReader(file, filepath.Dir(file), e.name)
	r.source[""] = r.at(e.key, "")
	if err := profile.ValidName(e.name); err != nil && e.name != Alone {
		r.problem(e.key, "", "", "%s", err)
	}
	complete := d.preset(r, e.body, &p)
	r.mapping(e.body, "", profileMembers(&p))
	d.lay(r, &p)
	if _, written := r.source["api.scheme"]; p.DPoP.Enabled && !written {
		p.API.Scheme = "DPoP" // as anything else is refused (RFC 9449 7.1)
	}
	for _, found := range meaning(p.Validate()) {
		if _, written := r.source[found.Path]; written || complete {
			r.locate(found)
		}
	}
	p.Source = r.sources()
	return &p, r.problems
}

// preset fills p from the preset that the body names, if it does; false when
// it cannot, and what is missing is then no fault of the profile.
func (d *decoder) preset(r *reader, body *yaml.Node, p *profile.Profile) bool {
	n := child(body, "preset")
	if n == nil || n.Kind != yaml.ScalarNode || n.Value == "" || isNull(n) {
		return true
	}
	root, known := d.presets[n.Value]
	if !known {
		data, ok := profile.Preset(n.Value)
		if !ok {
			r.problem(n, "preset", "", "%s", notPreset(n.Value))
			return false
		}
		var err error
		if root, err = parseYAML(data); err != nil {
			r.problem(n, "preset", "", "preset %s: %s", n.Value, err)
			return false
		}
		d.presets[n.Value] = root
	}
	inner := newReader("preset "+n.Value, "", r.profile)
	inner.mapping(root, "", presetMembers(p, new([]Question)))
	r.problems = append(r.problems, inner.problems...)
	for path, at := range inner.source {
		if path != "" {
			r.source[path] = at
		}
	}
	return true
}

func notPreset(name string) string {
	names := profile.PresetNames()
	if near := profile.Nearest(name, names); near != "" {
		return fmt.Sprintf("there is no preset %q, did you mean %q?", name, near)
	}
	return fmt.Sprintf("there is no preset %q, they are %s", name, strings.Join(names, ", "))
}

// child is the value of a key, through an alias, nil when there is none.
func child(n *yaml.Node, key string) *yaml.Node {
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

// locate adds a problem of meaning where its field is written, or where the
// nearest thing around it is. A field that could not be read is no second problem.
func (r *reader) locate(found *profile.Problem) {
	for suspect := range r.suspects {
		if above(suspect, found.Path) || above(found.Path, suspect) {
			return
		}
	}
	for path := found.Path; ; path = parent(path) {
		at, ok := r.source[path]
		if !ok && path != "" {
			continue
		}
		at.Profile, at.Path, at.Text, at.Hint = r.profile, found.Path, found.Text, found.Hint
		r.problems = append(r.problems, at)
		return
	}
}

// above is true for a path and whatever stands around it, but the profile itself.
func above(outer, path string) bool {
	for ; path != ""; path = parent(path) {
		if path == outer {
			return true
		}
	}
	return false
}

// parent is the path without its last key or index.
func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

func (r *reader) sources() map[string]string {
	out := make(map[string]string, len(r.source))
	for path, at := range r.source {
		out[path] = fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
	}
	return out
}
