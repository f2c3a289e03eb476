package strict

import (
	"fmt"
	"strings"
)

// Locate adds a problem of meaning where its field is written, or where the
// nearest thing around it is. A field that could not be read is no second problem.
func (r *Reader) Locate(path, text, hint string) {
	for suspect := range r.suspects {
		if above(suspect, path) || above(path, suspect) {
			return
		}
	}
	for near := path; ; near = parent(near) {
		at, ok := r.Source[near]
		if !ok && near != "" {
			continue
		}
		at.Profile, at.Path, at.Text, at.Hint = r.Profile, path, text, hint
		r.Problems = append(r.Problems, at)
		return
	}
}

// Suspect is true for a path that could not be read.
func (r *Reader) Suspect(path string) bool { return r.suspects[path] }

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

// Sources are the places of all paths, as file:line:column.
func (r *Reader) Sources() map[string]string {
	out := make(map[string]string, len(r.Source))
	for path, at := range r.Source {
		out[path] = fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
	}
	return out
}
