package sandbox

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"authctl/internal/secret"
)

// ProfilesYAML is the profiles file of this sandbox. It names secrets and
// holds none.
func (s *Sandbox) ProfilesYAML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Profiles of the authctl sandbox at %s, good until it stops.\nversion: 1\ndefault_profile: salus\nprofiles:\n", s.URL)
	for _, p := range s.profiles {
		fmt.Fprintf(&b, "  %s:\n", p.Name)
		for line := range strings.Lines(p.YAML) {
			b.WriteString("    " + line)
		}
	}
	return b.Bytes()
}

// Env is what a process needs to use the sandbox: AUTHCTL_CONFIG,
// AUTHCTL_SANDBOX_URL, and each secret as AUTHCTL_SECRET_<PROFILE>_<NAME>.
func (s *Sandbox) Env() map[string]string {
	env := map[string]string{"AUTHCTL_CONFIG": s.ConfigFile(), "AUTHCTL_SANDBOX_URL": s.URL}
	for _, p := range s.profiles {
		for name, value := range p.Secrets {
			env["AUTHCTL_SECRET_"+secret.EnvWord(p.Name)+"_"+secret.EnvWord(name)] = value
		}
	}
	return env
}

// WriteEnvFile writes Env as shell assignments into an owner-only file of the
// private folder and returns its path. Tokens are kept in that folder as well.
func (s *Sandbox) WriteEnvFile() (string, error) {
	set := s.Env()
	set["AUTHCTL_STORE"] = "file"
	set["XDG_STATE_HOME"], set["XDG_CACHE_HOME"] = filepath.Join(s.dir, "state"), filepath.Join(s.dir, "cache")
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(set)) {
		fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(set[name], "'", `'\''`))
	}
	path := filepath.Join(s.dir, "env.sh")
	return path, os.WriteFile(path, b.Bytes(), 0o600)
}
