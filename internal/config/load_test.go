package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/shown"
	"authctl/internal/strict"
)

// home is a configuration folder with the given files, path to text.
func home(t *testing.T, files map[string]string) (dir string, s config.Settings) {
	t.Helper()
	root := t.TempDir()
	dir = filepath.Join(root, "authctl")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, resolve(t, config.Flags{}, map[string]string{"XDG_CONFIG_HOME": root})
}

func resolve(t *testing.T, f config.Flags, env map[string]string) config.Settings {
	t.Helper()
	s, err := config.Resolve(t.Context(), f, lookup(env))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

func wantConfigFault(t *testing.T, err error, parts ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Config {
		t.Fatalf("%v is no fault of the configuration", err)
	}
	all := f.Error() + "\n" + strings.Join(f.Hints, "\n")
	for _, part := range parts {
		if !strings.Contains(all, part) {
			t.Errorf("%q lacks %q", all, part)
		}
	}
}

const oneProfile = "version: 1\ndefault_profile: a\nprofiles:\n  a:\n    token_url: https://s.example/\n    client: {id: a, secret: env:A}\n"

func TestWhichProfile(t *testing.T) {
	dir, s := home(t, map[string]string{
		"profiles.yaml":        oneProfile + "  Prod.EU: {preset: helseid, client: {id: b}}\n",
		"profiles.d/drop.yaml": "preset: helseid\nclient: {id: c}\n",
	})
	for name, id := range map[string]string{"": "a", "a": "a", "Prod.EU": "b", "drop": "c"} {
		p, err := config.LoadProfile(s, name)
		if err != nil {
			t.Errorf("%q: %v", name, err)
		} else if p.Client.ID != id {
			t.Errorf("%q: client %q, want %q", name, p.Client.ID, id)
		}
	}
	names, err := config.Names(s)
	if got := strings.Join(names, " "); err != nil || got != "a Prod.EU drop" {
		t.Errorf("names %q, %v", got, err)
	}
	set, err := config.LoadAll(s)
	if err != nil || len(set.Profiles) != 3 || set.Default != "a" {
		t.Errorf("%+v, %v", set, err)
	}
	for _, wrong := range []string{"prod.eu", "../profiles.d/drop", "../profiles", "profiles.d", "a/b", "drop.yaml"} {
		_, err := config.LoadProfile(s, wrong)
		wantConfigFault(t, err, "there is no profile", "authctl profile list")
	}
	_, err = config.LoadProfile(s, "prod.eu")
	wantConfigFault(t, err, "did you mean Prod.EU?", filepath.Join(dir, "profiles.yaml"))
}

func TestOneBrokenProfileDoesNotStopTheOthers(t *testing.T) {
	_, s := home(t, map[string]string{
		"profiles.yaml":       oneProfile + "  b: {grnt: x}\n",
		"profiles.d/bad.yaml": "client: [",
	})
	if _, err := config.LoadProfile(s, "a"); err != nil {
		t.Error(err)
	}
	_, err := config.LoadAll(s)
	wantConfigFault(t, err, "grnt: unknown field", "bad.yaml", "not valid YAML")
}

// docs/profiles.md says so: the file is YAML throughout, or no profile of it is read.
func TestASyntaxFaultAnywhereInTheFileStops(t *testing.T) {
	for name, text := range map[string]string{"a bracket": "  b: [\n", "an alias": "  b: *nowhere\n", "a tab": "\tb: {}\n"} {
		t.Run(name, func(t *testing.T) {
			_, s := home(t, map[string]string{"profiles.yaml": oneProfile + text})
			_, err := config.LoadProfile(s, "a")
			wantConfigFault(t, err, "profiles.yaml", "not valid YAML")
		})
	}
}

func TestOneNameInBothPlaces(t *testing.T) {
	_, s := home(t, map[string]string{"profiles.yaml": oneProfile, "profiles.d/a.yaml": "preset: helseid\nclient: {id: c}\n"})
	_, err := config.LoadProfile(s, "a")
	wantConfigFault(t, err, `profile "a" also stands in`, "remove one of the two")
	_, err = config.LoadAll(s)
	wantConfigFault(t, err, `profile "a" also stands in`)
}

func TestAProfileOfProfilesDNeedsNoMainFile(t *testing.T) {
	_, s := home(t, map[string]string{"profiles.d/x.yaml": "preset: helseid\nclient: {id: c}\n"})
	if p, err := config.LoadProfile(s, "x"); err != nil || p.Name != "x" {
		t.Errorf("%v %v", p, err)
	}
	if p, err := config.LoadProfile(s.OrOnly(), ""); err != nil || p.Name != "x" {
		t.Errorf("the only profile is not the default: %v %v", p, err)
	}
	if set, err := config.LoadAll(s); err != nil || len(set.Profiles) != 1 {
		t.Errorf("%v %v", set, err)
	}
	const body = "preset: helseid\nclient: {id: c}\n"
	_, s = home(t, map[string]string{"profiles.d/x.yaml": body, "profiles.d/y.yaml": body})
	_, err := config.LoadProfile(s.OrOnly(), "")
	wantConfigFault(t, err, "no profile was chosen", "-p NAME")
}

func TestNoFile(t *testing.T) {
	_, s := home(t, nil)
	_, err := config.LoadProfile(s, "a")
	wantConfigFault(t, err, "there is no profiles file", s.File)
	_, err = config.LoadAll(s)
	wantConfigFault(t, err, "there is no profiles file")

	nowhere := resolve(t, config.Flags{}, nil)
	if nowhere.File != "" || nowhere.StateDir != "" {
		t.Errorf("without HOME: %+v", nowhere)
	}
	_, err = config.LoadProfile(nowhere, "a")
	wantConfigFault(t, err, "neither HOME nor XDG_CONFIG_HOME", "AUTHCTL_CONFIG")

	missing := resolve(t, config.Flags{Config: filepath.Join(t.TempDir(), "x.yaml")}, nil)
	_, err = config.LoadProfile(missing, "a")
	wantConfigFault(t, err, "x.yaml: "+syscall.ENOENT.Error(), "--config or AUTHCTL_CONFIG names the profiles file")
}

// TestTheCurrentFolderIsNeverLooked at: a cloned repository must not be able
// to choose where a secret goes.
func TestTheCurrentFolderIsNeverRead(t *testing.T) {
	trap := t.TempDir()
	for _, name := range []string{"profiles.yaml", "authctl.yaml", ".authctl.yaml", "authctl/profiles.yaml", ".config/authctl/profiles.yaml"} {
		path := filepath.Join(trap, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(oneProfile), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(trap)
	for _, env := range []map[string]string{nil, {"XDG_CONFIG_HOME": "."}, {"XDG_CONFIG_HOME": ".config"}, {"HOME": "."}, {"XDG_CONFIG_HOME": t.TempDir()}} {
		s := resolve(t, config.Flags{}, env)
		if p, err := config.LoadProfile(s, "a"); err == nil {
			t.Errorf("%v: profile %q was read from the current folder", env, p.Name)
		}
	}
}

func TestAFileBeyondTheBound(t *testing.T) {
	for file, name := range map[string]string{"profiles.yaml": "a", "profiles.d/b.yaml": "b"} {
		dir, _ := home(t, map[string]string{"profiles.yaml": oneProfile, "profiles.d/b.yaml": "#"})
		if err := os.Truncate(filepath.Join(dir, file), 5<<20); err != nil {
			t.Fatal(err)
		}
		s := resolve(t, config.Flags{}, map[string]string{"XDG_CONFIG_HOME": filepath.Dir(dir)})
		_, err := config.LoadProfile(s, name)
		wantConfigFault(t, err, filepath.FromSlash(file)+": is larger than 4 MiB")
	}
}

func TestAFileWithoutProfiles(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "version: 1\nprofiles:\n", "profiles: {}\n"} {
		_, s := home(t, map[string]string{"profiles.yaml": text})
		for _, name := range []string{"", "a"} {
			_, err := config.LoadProfile(s, name)
			wantConfigFault(t, err, "there are no profiles in "+s.File, "authctl profile add NAME")
		}
	}
}

// A name that cannot be one is not offered, and not said to be missing.
func TestANameThatCannotBeOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("nor of a file, here")
	}
	_, s := home(t, map[string]string{
		"profiles.yaml":             oneProfile + "  \"b\\nc\\e[31m\": {}\n  ..: {}\n",
		"profiles.d/.yaml":          "",
		"profiles.d/d\x1b[31m.yaml": "",
	})
	names, err := config.Names(s)
	if err != nil || strings.Join(names, " ") != "a" {
		t.Errorf("%q, %v", names, err)
	}
	_, err = config.LoadProfile(s, "..")
	wantConfigFault(t, err, `".." cannot be a profile's name`)
	_, err = config.LoadAll(s)
	for _, p := range strict.AllProblems(err) {
		if strings.ContainsAny(shown.Line(p.Full()).String(), "\n\x1b") {
			t.Errorf("%q", p.Full())
		}
		if strings.Contains(p.File, "/.yaml") {
			t.Errorf("a hidden file is Read: %s", p)
		}
	}
}
