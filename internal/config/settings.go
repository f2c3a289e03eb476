// Package config finds and reads the profiles file. Settings are layered by
// viper, which it alone imports: flags, then AUTHCTL_*, then the file, then
// defaults. Profile bodies never pass through viper, which would lower-case
// names and split them at dots: a strict reader over the YAML nodes keeps every
// byte and reports all problems at once, each with file, line and column.
package config

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/viper"

	"authctl/internal/fault"
	"authctl/internal/profile"
)

// DefaultTimeout is how long a command may take when nobody says otherwise.
const DefaultTimeout = 30 * time.Second

// Flags are the settings of the command line; zero values were not given.
type Flags struct {
	Profile, Config, Store string
	Timeout                time.Duration
	Verbose, Quiet         bool
}

// Settings are what flags, environment, profiles file and defaults add up to.
type Settings struct {
	Profile     string // the chosen profile, else the file's default_profile, else ""
	File        string // the profiles file, whether or not it exists; "" when no place is known
	Store       string // keyring | file | none
	StoreChosen bool   // someone chose Store; it is not the default
	Timeout     time.Duration
	Verbose     bool
	Quiet       bool

	// ConfigDir, StateDir and CacheDir are authctl's own folders; they need not
	// exist, and are "" on a machine without a home.
	ConfigDir, StateDir, CacheDir string

	explicit bool      // File was named by the user: it must exist
	main     *mainFile // read already by Resolve; nil to read when needed
	detached bool      // a text without a folder: no profiles.d
}

// StoreUnknown is what is wrong with a profiles file that may say which store is
// chosen, and that nobody chose otherwise; nil where Store is the one.
func (s Settings) StoreUnknown() error {
	if s.StoreChosen || s.main == nil {
		return nil
	}
	return s.main.problems.fault("")
}

// The settings' names for viper.
const (
	keyProfile, keyStore, keyTimeout, keyVerbose, keyQuiet = "profile", "store", "timeout", "verbose", "quiet"
)

// Resolve layers the settings. env is os.LookupEnv or a test's. It looks at
// the head of the profiles file; whatever is wrong with the file is reported
// by LoadProfile and LoadAll, so that commands without a profile still work. A
// pipe that the user named is waited for until ctx ends, or the time for the command.
func Resolve(ctx context.Context, f Flags, env func(string) (string, bool)) (Settings, error) {
	get := func(name string) string { v, _ := env(name); return v }
	s := Settings{ConfigDir: configDir(runtime.GOOS, get), StateDir: stateDir(runtime.GOOS, get), CacheDir: cacheDir(runtime.GOOS, get)}
	s.File, s.explicit = cmp.Or(f.Config, get("AUTHCTL_CONFIG")), true
	if s.File == "" && s.ConfigDir != "" {
		s.File, s.explicit = filepath.Join(s.ConfigDir, "profiles.yaml"), false
	}
	fromEnv, err := envLayer(get)
	if err != nil {
		return s, err
	}
	if f.Timeout < 0 {
		return s, fault.New(fault.Usage, "--timeout must be more than 0")
	}
	inTime, _ := fromEnv[keyTimeout].(time.Duration)
	s.main, err = openMain(ctx, s.File, s.explicit, cmp.Or(f.Timeout, inTime, DefaultTimeout))
	if err != nil {
		return s, fmt.Errorf("waiting for the profiles file %s: %w", s.File, err)
	}

	v := viper.NewWithOptions(viper.KeyDelimiter("::"))
	v.SetDefault(keyTimeout, DefaultTimeout)
	v.SetDefault(keyStore, "keyring")
	for _, layer := range []map[string]any{fileLayer(s.main), fromEnv} {
		if err := v.MergeConfigMap(layer); err != nil {
			return s, fault.New(fault.Internal, "layering the settings: %w", err)
		}
	}
	if err := flagLayer(v, f); err != nil {
		return s, err
	}
	s.Profile, s.Store, s.StoreChosen = v.GetString(keyProfile), v.GetString(keyStore), v.InConfig(keyStore) || f.Store != ""
	s.Timeout, s.Verbose, s.Quiet = v.GetDuration(keyTimeout), v.GetBool(keyVerbose), v.GetBool(keyQuiet)
	return s, nil
}

// fileLayer holds the settings of the profiles file's head.
func fileLayer(m *mainFile) map[string]any {
	layer := map[string]any{}
	if m.header.Default != "" {
		layer[keyProfile] = m.header.Default
	}
	if slices.Contains(profile.Stores(), m.header.Store) {
		layer[keyStore] = m.header.Store
	}
	return layer
}

// envLayer holds the settings of AUTHCTL_*; an empty variable is as good as none.
func envLayer(get func(string) string) (map[string]any, error) {
	layer := map[string]any{}
	if name := get("AUTHCTL_PROFILE"); name != "" {
		layer[keyProfile] = name
	}
	if store := get("AUTHCTL_STORE"); store != "" {
		if err := checkStore(fault.Config, "AUTHCTL_STORE", store); err != nil {
			return nil, err
		}
		layer[keyStore] = store
	}
	if text := get("AUTHCTL_TIMEOUT"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return nil, fault.New(fault.Config, "AUTHCTL_TIMEOUT: %q is not a duration such as 30s", text)
		}
		layer[keyTimeout] = d
	}
	for key, name := range map[string]string{keyVerbose: "AUTHCTL_VERBOSE", keyQuiet: "AUTHCTL_QUIET"} {
		if text := get(name); text != "" {
			on, err := strconv.ParseBool(text)
			if err != nil {
				return nil, fault.New(fault.Config, "%s: %q is neither true nor false", name, text)
			}
			layer[key] = on
		}
	}
	return layer, nil
}

func flagLayer(v *viper.Viper, f Flags) error {
	if f.Profile != "" {
		v.Set(keyProfile, f.Profile)
	}
	if f.Store != "" {
		if err := checkStore(fault.Usage, "--store", f.Store); err != nil {
			return err
		}
		v.Set(keyStore, f.Store)
	}
	if f.Timeout > 0 {
		v.Set(keyTimeout, f.Timeout)
	}
	if f.Verbose {
		v.Set(keyVerbose, true)
	}
	if f.Quiet {
		v.Set(keyQuiet, true)
	}
	return nil
}

func checkStore(kind fault.Kind, from, store string) error {
	if slices.Contains(profile.Stores(), store) {
		return nil
	}
	err := fault.New(kind, "%s: %q is not a store, it is one of %s", from, store, strings.Join(profile.Stores(), ", "))
	if near := profile.Nearest(store, profile.Stores()); near != "" {
		err = err.Hint("did you mean %s?", near)
	}
	return err
}
