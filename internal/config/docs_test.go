package config

import (
	"os"
	"strings"
	"testing"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// TestDocsNameEveryField: docs/profiles.md is the reference of this format.
func TestDocsNameEveryField(t *testing.T) {
	text, err := os.ReadFile("../../docs/profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	paths := leaves(profileMembers(new(profile.Profile)), "")
	if len(paths) < 50 {
		t.Fatalf("only %d fields: %v", len(paths), paths)
	}
	for _, path := range paths {
		if path != "hints" && !strings.Contains(string(text), "| `"+path+"` |") {
			t.Errorf("docs/profiles.md has no line for %s", path)
		}
	}
	for _, name := range profile.PresetNames() {
		if !strings.Contains(string(text), "| `"+name+"` |") {
			t.Errorf("docs/profiles.md has no line for the preset %s", name)
		}
	}
}

// leaves are the paths of all members that hold a value.
func leaves(members []strict.Member, path string) []string {
	var all []string
	for _, m := range members {
		at := strict.Below(path, m.Key)
		if m.Members != nil {
			all = append(all, leaves(m.Members, at)...)
			continue
		}
		all = append(all, at)
	}
	return all
}
