package config

import (
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// Keys of the head, and the settings' names for viper.
const keyProfile, keyStore, keyKind = "default_profile", "store", "kind"

// document is profiles.yaml, parsed and not yet understood beyond its head.
// viper has the head's settings alone: it would lower-case names and split them at dots.
type document struct {
	path     string
	exists   bool
	header   header
	profiles []entry
	// problems concern the file as a whole: unreadable, no YAML, a wrong head,
	// a profile given twice.
	problems strict.Problems
}

// header is the head of the profiles file.
type header struct {
	Version string
	Default string
	Store   string
	at      strict.Problem // where default_profile stands

	engine *yaml.Node // store, where it is a mapping: LoadShared understands it
}

// entry is one profile's name and body.
type entry struct {
	name      string
	key, body *yaml.Node
}

// settings are what the file's head says, for viper. What is wrong with it is no
// setting: commands without a profile work all the same.
func (d *document) settings() map[string]any {
	out := map[string]any{}
	if d.header.Default != "" {
		out[keyProfile] = d.header.Default
	}
	if slices.Contains(profile.Stores(), d.header.Store) {
		out[keyStore] = d.header.Store
	}
	return out
}

func parseDocument(path string, text []byte) *document {
	d := &document{path: path, exists: true}
	root, wrong := strict.Parse(path, text)
	if root == nil {
		d.problems = wrong
		return d
	}
	r := strict.New(path, filepath.Dir(path), "")
	r.Mapping(root, "", d.members())
	d.header.at = r.Source[keyProfile]
	d.header.validate(r)
	d.problems = r.Problems
	return d
}

func (d *document) members() []strict.Member {
	return []strict.Member{
		strict.Text("version", &d.header.Version),
		strict.Text(keyProfile, &d.header.Default),
		{Key: keyStore, Read: d.header.readStore},
		{Key: "profiles", Read: d.readProfiles},
	}
}

// readStore reads a kind alone, or the kind of all that an engine needs.
func (h *header) readStore(r *strict.Reader, n *yaml.Node, path string) {
	at, ok := r.Follow(n, path)
	if !ok || at.Kind != yaml.MappingNode {
		strict.Text(keyStore, &h.Store).Read(r, n, path)
		return
	}
	h.engine = at
	r.EachKey(at, path, func(key, value *yaml.Node, path string) {
		if key.Value == keyKind {
			strict.Text(keyKind, &h.Store).Read(r, value, path)
		}
	})
	if h.Store == "" {
		r.Problem(at, strict.Below(path, keyKind), "", "is missing: one of %s", strings.Join(profile.Stores(), ", "))
	}
}

func (d *document) readProfiles(r *strict.Reader, n *yaml.Node, path string) {
	n, ok := r.Follow(n, path)
	if !ok || strict.IsNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.Problem(n, path, "", "must be a mapping (name: profile), not %s", strict.KindOf(n))
		return
	}
	r.EachKey(n, path, func(key, body *yaml.Node, _ string) {
		d.profiles = append(d.profiles, entry{key.Value, key, body})
	})
}

// validate is what the head's values mean.
func (h *header) validate(r *strict.Reader) {
	bad := func(path, text string) {
		at := r.Source[path]
		at.Path, at.Text = path, text
		r.Problems = append(r.Problems, at)
	}
	if h.Version != "" && h.Version != "1" {
		bad("version", "this authctl reads version 1 of the format")
	}
	if h.Store == "" || slices.Contains(profile.Stores(), h.Store) {
		return
	}
	text := "must be one of " + strings.Join(profile.Stores(), ", ")
	if near := profile.Nearest(h.Store, profile.Stores()); near != "" {
		text += ", did you mean " + near + "?"
	}
	bad(keyStore, text)
}

// names are the profiles of the file, in its order.
func (d *document) names() []string {
	names := make([]string, len(d.profiles))
	for i, e := range d.profiles {
		names[i] = e.name
	}
	return names
}

// find is the profile of that name.
func (d *document) find(name string) (entry, bool) {
	i := slices.IndexFunc(d.profiles, func(e entry) bool { return e.name == name })
	if i < 0 {
		return entry{}, false
	}
	return d.profiles[i], true
}
