package config_test

import (
	"os"
	"strings"
	"testing"

	"authctl/internal/config"
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// What each preset leaves to the profile; docs/profiles.md says the same.
func presetRemainders() map[string]string {
	return map[string]string{
		"smart-backend": "discovery_url: https://s.example/r4/.well-known/smart-configuration\nclient: {id: app}\n",
	}
}

func TestPresetsNeedOnlyWhatTheyLeaveOpen(t *testing.T) {
	rest := presetRemainders()
	names := profile.PresetNames()
	if len(names) < len(rest) {
		t.Fatalf("presets %v, the test knows %d", names, len(rest))
	}
	for _, name := range names {
		if rest[name] == "" {
			t.Errorf("presetRemainders does not say what %s leaves to the profile", name)
			continue
		}
		data, _ := profile.Preset(name)
		if !strings.HasPrefix(string(data), "# ") || !strings.Contains(string(data), "\n# Source: \"") {
			t.Errorf("%s does not begin with a comment that cites the provider's page", name)
		}
		p, err := config.ParseProfile("p", "p.yaml", []byte("preset: "+name+"\n"+rest[name]))
		if err != nil {
			t.Errorf("%s: %v %v", name, err, strict.AllProblems(err))
			continue
		}
		if p.Preset != name || len(p.Hints) == 0 {
			t.Errorf("%s: preset %q, %d hints", name, p.Preset, len(p.Hints))
		}
	}
}

func TestExampleFileLoads(t *testing.T) {
	const file = "../../profiles.example.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	set, err := config.Parse(file, data)
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	used := map[string]bool{}
	for _, p := range set.Profiles {
		used[p.Preset] = true
	}
	for _, name := range profile.PresetNames() {
		if !used[name] {
			t.Errorf("no profile of the example uses the preset %s", name)
		}
	}
	if set.Default != "salus" || set.Store != "keyring" {
		t.Errorf("head: default %q, store %q", set.Default, set.Store)
	}
}
