package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
)

// document is profiles.yaml, parsed and not yet understood beyond its head.
// viper has the head's settings alone: it would lower-case names and split them at dots.
type document struct {
	path     string
	exists   bool
	header   header
	profiles []entry
	// problems concern the file as a whole: unreadable, no YAML, a wrong head,
	// a profile given twice.
	problems Problems
}

// header is the head of the profiles file.
type header struct {
	Version string
	Default string
	Store   string
	at      Problem // where default_profile stands
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
	if len(text) > maxFile { // of a text that was no file
		d.problems = Problems{unreadable(path, fmt.Errorf("is larger than %d MiB", maxFile>>20))}
		return d
	}
	root, err := parseYAML(text)
	switch {
	case err != nil:
		d.problems = Problems{syntaxProblem(path, text, err)}
	case root != nil:
		r := newReader(path, filepath.Dir(path), "")
		r.mapping(root, "", d.members())
		d.header.at = r.source[keyProfile]
		d.header.check(r)
		d.problems = r.problems
	}
	return d
}

func (d *document) members() []member {
	return []member{
		text("version", &d.header.Version),
		text(keyProfile, &d.header.Default),
		text(keyStore, &d.header.Store),
		{key: "profiles", read: d.readProfiles},
	}
}

func (d *document) readProfiles(r *reader, n *yaml.Node, path string) {
	n, ok := r.follow(n, path)
	if !ok || isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.problem(n, path, "", "must be a mapping (name: profile), not %s", kindOf(n))
		return
	}
	r.eachKey(n, path, func(key, body *yaml.Node, _ string) {
		d.profiles = append(d.profiles, entry{key.Value, key, body})
	})
}

// check is what the head's values mean.
func (h *header) check(r *reader) {
	bad := func(path, text string) {
		at := r.source[path]
		at.Path, at.Text = path, text
		r.problems = append(r.problems, at)
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
