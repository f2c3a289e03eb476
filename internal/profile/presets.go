package profile

import (
	"embed"
	"slices"
	"strings"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

// Preset is the YAML of a preset that ships with authctl, in the format of
// one profile's body; ok is false when there is none of that name.
func Preset(name string) (data []byte, ok bool) {
	if strings.ContainsAny(name, `/\`) {
		return nil, false
	}
	data, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	return data, err == nil
}

// PresetNames are the presets, sorted.
func PresetNames() []string {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Environment are hosts that belong together: a profile of a preset is of one of them,
// and not of the test system here and of the real one there.
type Environment struct {
	Name  string
	Hosts []string // a host, or .DOMAIN for every host below it
}

// has is true of a host name, without its port.
func (e Environment) has(host string) bool {
	return slices.ContainsFunc(e.Hosts, func(known string) bool {
		return strings.EqualFold(host, known) || strings.HasPrefix(known, ".") && strings.HasSuffix(strings.ToLower(host), known)
	})
}
