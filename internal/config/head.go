package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
)

// header is the head of the profiles file.
type header struct {
	Version string
	Default string
	Store   string
	at      Problem // where default_profile stands
}

func headerMembers(h *header) []member {
	return []member{
		text("version", &h.Version),
		text("default_profile", &h.Default),
		text("store", &h.Store),
	}
}

// checkHead checks what the head's values mean.
func (r *reader) checkHead(root *yaml.Node, h *header) {
	h.at = r.source["default_profile"]
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
	bad("store", text)
}
