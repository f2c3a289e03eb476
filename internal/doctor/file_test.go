package doctor

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"authctl/internal/config"
	"authctl/internal/fault"
)

const two = `version: 1
default_profile: one
profiles:
  one:
    token_url: https://as.example/token
    client: {id: c, auth: client_secret_basic, secret: "env:X"}
  two:
    token_url: https://as.example/token
    client: {id: c, auth: client_secret_basic, secret: "env:X"}
`

func TestFile(t *testing.T) {
	broken := strings.Replace(two, "  two:\n    token_url", "  two:\n    tokn_url", 1)
	tests := map[string]struct {
		text, name string
		all        bool
		mode       os.FileMode
		chosen     string
		found      string // of each result: profile, state and a hint's word
	}{
		"the default one":        {two, "", false, 0o600, "one", "- ok"},
		"a named one":            {two, "two", false, 0o600, "two", "- ok"},
		"all":                    {two, "", true, 0o600, "one two", "- ok"},
		"none of that name":      {two, "tow", false, 0o600, "", "- ok, tow FAIL"},
		"another one is broken":  {broken, "one", false, 0o600, "one", "two warn"},
		"this one is broken":     {broken, "two", false, 0o600, "", "two FAIL"},
		"all, and one is broken": {broken, "", true, 0o600, "one", "two FAIL"},
		"others can write it":    {two, "", true, 0o666, "", "- FAIL"},
		"no YAML":                {"\tx", "", true, 0o600, "", "- FAIL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.mode == 0o666 && runtime.GOOS == "windows" {
				t.Skip("modes are not looked at there")
			}
			path := filepath.Join(t.TempDir(), "profiles.yaml")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			chosen, found := look(t, path, tt.name, tt.all)
			if chosen != tt.chosen || found != tt.found {
				t.Errorf("chose %q, found %q", chosen, found)
			}
		})
	}
	if chosen, found := look(t, filepath.Join(t.TempDir(), "none.yaml"), "", false); chosen != "" || found != "- FAIL" {
		t.Errorf("no file: chose %q, found %q", chosen, found)
	}
}

func look(t *testing.T, path, name string, all bool) (chosen, found string) {
	t.Helper()
	s, err := config.Resolve(t.Context(), config.Flags{Config: path, Profile: name}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	var results, names []string
	for _, p := range File(s, s.Profile, all, func(r Result) {
		if r.State == Fail && (r.Kind != fault.Config || len(r.Hints) == 0) {
			t.Errorf("%+v", r)
		}
		if r.Profile == "" {
			r.Profile = "-"
		}
		results = append(results, r.Profile+" "+string(r.State))
	}) {
		names = append(names, p.Name)
	}
	return strings.Join(names, " "), strings.Join(results, ", ")
}
