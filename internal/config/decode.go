package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/strict"
)

// decoder turns bodies into profiles; presets are parsed once.
type decoder struct {
	presets map[string]*yaml.Node
	over    []strict.Change // of this call, over the body
}

func newDecoder() *decoder { return &decoder{presets: map[string]*yaml.Node{}} }

// decode lays the body over its preset over the defaults: members that are
// not written keep what is below, lists replace. The profile is only to be
// used when there are no problems.
func (d *decoder) decode(e entry, file string) (*profile.Profile, strict.Problems) {
	p := profile.Default()
	p.Name = e.name
	r := strict.New(file, filepath.Dir(file), e.name)
	r.Source[""] = r.At(e.key, "")
	if err := profile.ValidName(e.name); err != nil && e.name != profile.Alone {
		r.Problem(e.key, "", "", "%s", err)
	}
	complete := d.preset(r, e.body, &p)
	r.Mapping(e.body, "", profileMembers(&p))
	r.Lay(d.over, e.name != profile.Alone, profileMembers(&p))
	if e.name == profile.Alone {
		noKeyring(r, &p)
	}
	if _, written := r.Source["api.scheme"]; p.DPoP.Enabled && !written {
		p.API.Scheme = "DPoP" // as anything else is refused (RFC 9449 7.1)
	}
	for _, found := range meaning(p.Validate()) {
		if _, written := r.Source[found.Path]; written || complete {
			r.Locate(found.Path, found.Text, found.Hint)
		}
	}
	p.Source = r.Sources()
	return &p, r.Problems
}

// preset fills p from the preset that the body names, if it does; false when
// it cannot, and what is missing is then no fault of the profile.
func (d *decoder) preset(r *strict.Reader, body *yaml.Node, p *profile.Profile) bool {
	n := strict.Child(body, "preset")
	if n == nil || n.Kind != yaml.ScalarNode || n.Value == "" || strict.IsNull(n) {
		return true
	}
	root, known := d.presets[n.Value]
	if !known {
		data, ok := profile.Preset(n.Value)
		if !ok {
			r.Problem(n, "preset", "", "%s", notPreset(n.Value))
			return false
		}
		var wrong strict.Problems
		if root, wrong = strict.Parse("preset "+n.Value, data); wrong != nil {
			r.Problems = append(r.Problems, wrong...)
			return false
		}
		d.presets[n.Value] = root
	}
	inner := strict.New("preset "+n.Value, "", r.Profile)
	d.preset(inner, root, p) // a preset may stand on another
	inner.Mapping(root, "", presetMembers(p))
	r.Problems = append(r.Problems, inner.Problems...)
	for path, at := range inner.Source {
		if path != "" {
			r.Source[path] = at
		}
	}
	return true
}

// Preset is the body of a preset, and what it is as a profile.
func Preset(name string) (*yaml.Node, *profile.Profile, error) {
	d, r, p := newDecoder(), strict.New("preset "+name, "", ""), profile.Default()
	d.preset(r, on(name), &p)
	root := d.presets[name]
	if root == nil {
		return nil, nil, fault.New(fault.Usage, "%s", notPreset(name))
	}
	return root, &p, r.Problems.Fault("")
}

// on is a body that has a preset and nothing else.
func on(preset string) *yaml.Node {
	body := &yaml.Node{Kind: yaml.MappingNode}
	if preset != "" {
		body.Content = []*yaml.Node{strict.Scalar("preset"), strict.Scalar(preset)}
	}
	return body
}

func notPreset(name string) string {
	names := profile.PresetNames()
	if near := profile.Nearest(name, names); near != "" {
		return fmt.Sprintf("there is no preset %q, did you mean %q?", name, near)
	}
	return fmt.Sprintf("there is no preset %q, they are %s", name, strings.Join(names, ", "))
}

// ParseProfile reads the text of one profile's body, as profiles.d holds it.
func ParseProfile(name, file string, data []byte) (*profile.Profile, error) {
	e, wrong := bodyOf(name, file, data)
	if len(wrong) > 0 {
		return nil, wrong.Fault(name)
	}
	p, problems := newDecoder().decode(e, file)
	if len(problems) > 0 {
		return nil, problems.Fault(name)
	}
	return p, nil
}

func bodyOf(name, file string, text []byte) (entry, strict.Problems) {
	root, wrong := strict.Parse(file, text)
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
	}
	return entry{name: name, key: root, body: root}, wrong
}

// meaning turns what Validate found into problems, unfolding errors.Join.
func meaning(err error) []*profile.Problem {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		var all []*profile.Problem
		for _, e := range joined.Unwrap() {
			all = append(all, meaning(e)...)
		}
		return all
	}
	var p *profile.Problem
	if errors.As(err, &p) {
		return []*profile.Problem{p}
	}
	return []*profile.Problem{{Text: err.Error()}}
}

// noKeyring refuses items of the keyring: they belong to a profile with a name.
func noKeyring(r *strict.Reader, p *profile.Profile) {
	for _, at := range p.Refs() {
		if at.Ref.Kind == secret.Keyring {
			r.Locate(at.Path, "items of the keyring belong to a profile with a name", "--set "+at.Path+"=env:NAME or file:PATH, or authctl profile add")
		}
	}
}
