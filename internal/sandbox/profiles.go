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

// envFile is Env for one kind of shell.
type envFile struct {
	name, head, line string
	quote            *strings.Replacer
	use              string // in that shell
}

func envFiles(windows bool) []envFile {
	sh := envFile{"env.sh", "", "export %s='%s'\n", strings.NewReplacer("'", `'\''`), "  . %s\n"}
	if !windows {
		return []envFile{sh}
	}
	sh.use = "  in sh:          . '%s'\n"
	return []envFile{
		// A batch file's % is doubled, and is UTF-8 after chcp. What is between the quotes holds none.
		{"env.cmd", "@chcp 65001 >nul\r\n", "@set \"%s=%s\"\r\n", strings.NewReplacer("%", "%%"), "  in cmd:         \"%s\"\n"},
		// Not run as a script, which the policy of most machines forbids; Windows PowerShell knows UTF-8 by its mark.
		{"env.ps1", "\ufeff", "$env:%s = '%s'\r\n", strings.NewReplacer("'", "''"), "  in PowerShell:  Get-Content -Raw '%s' | Invoke-Expression\n"},
		sh,
	}
}

// WriteEnvFiles writes Env as assignments into an owner-only file of the private
// folder for each kind of shell, and returns how each is used. Tokens are kept in that
// folder as well.
func (s *Sandbox) WriteEnvFiles(windows bool) (use string, err error) {
	set := s.Env()
	set["AUTHCTL_STORE"] = "file"
	set["XDG_STATE_HOME"], set["XDG_CACHE_HOME"] = filepath.Join(s.dir, "state"), filepath.Join(s.dir, "cache")
	for _, f := range envFiles(windows) {
		text := f.head
		for _, name := range slices.Sorted(maps.Keys(set)) {
			text += fmt.Sprintf(f.line, name, f.quote.Replace(set[name]))
		}
		path := filepath.Join(s.dir, f.name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
		use += fmt.Sprintf(f.use, path)
	}
	return use, nil
}
